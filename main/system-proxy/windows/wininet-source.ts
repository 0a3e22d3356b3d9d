/**
 * WinINET's per-connection options in C# 5, the language of the compiler that every Windows 10 has. In INTERNET_PER_CONN_OPTION the value
 * lies one pointer after the option's number, and is eight bytes long; written by hand because the union has no safe declaration for both 32
 * and 64 bits. InternetQueryOption with FLAGS_UI (10) tells what the person set, where FLAGS (1) hides automatic detection on networks
 * without it; setting is always by FLAGS, which comes last because setting the texts may change it (learn.microsoft.com:
 * INTERNET_PER_CONN_OPTION).
 */
export const wininetSource = `
using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Runtime.InteropServices;
public static class PaperplaneWinInet {
  const int PerConnection = 75, Flags = 1, FlagsUi = 10;
  static readonly int[] Texts = { 2, 3, 4 };
  static readonly int Step = IntPtr.Size + 8;
  [StructLayout(LayoutKind.Sequential)]
  struct OptionList { public int Size; public IntPtr Connection; public int Count; public int Error; public IntPtr Options; }
  [DllImport("wininet.dll", SetLastError = true)]
  static extern bool InternetSetOptionW(IntPtr handle, int option, IntPtr buffer, int length);
  [DllImport("wininet.dll", SetLastError = true)]
  static extern bool InternetSetOptionW(IntPtr handle, int option, ref OptionList list, int length);
  [DllImport("wininet.dll", SetLastError = true)]
  static extern bool InternetQueryOptionW(IntPtr handle, int option, ref OptionList list, ref int length);
  [DllImport("kernel32.dll")]
  static extern IntPtr GlobalFree(IntPtr memory);
  [DllImport("rasapi32.dll", CharSet = CharSet.Unicode)]
  static extern int RasEnumEntriesW(string reserved, string phonebook, IntPtr entries, ref int bytes, ref int count);

  static OptionList List(IntPtr name, IntPtr options) {
    OptionList list = new OptionList();
    list.Size = Marshal.SizeOf(typeof(OptionList));
    list.Connection = name;
    list.Count = 4;
    list.Options = options;
    return list;
  }

  public static string[] Read(string connection) {
    IntPtr name = connection == "" ? IntPtr.Zero : Marshal.StringToHGlobalUni(connection);
    IntPtr options = Marshal.AllocHGlobal(4 * Step);
    try {
      foreach (int flags in new int[] { FlagsUi, Flags }) {
        Marshal.Copy(new byte[4 * Step], 0, options, 4 * Step);
        for (int i = 0; i < 3; i++) Marshal.WriteInt32(options, i * Step, Texts[i]);
        Marshal.WriteInt32(options, 3 * Step, flags);
        OptionList list = List(name, options);
        int length = list.Size;
        if (!InternetQueryOptionW(IntPtr.Zero, PerConnection, ref list, ref length)) {
          if (flags == Flags) throw new Win32Exception();
          continue;
        }
        string[] values = new string[4];
        for (int i = 0; i < 3; i++) {
          IntPtr text = Marshal.ReadIntPtr(options, i * Step + IntPtr.Size);
          values[i] = text == IntPtr.Zero ? "" : Marshal.PtrToStringUni(text);
          if (text != IntPtr.Zero) GlobalFree(text);
        }
        values[3] = Marshal.ReadInt32(options, 3 * Step + IntPtr.Size).ToString();
        return values;
      }
      return null;
    } finally {
      Marshal.FreeHGlobal(options);
      if (name != IntPtr.Zero) Marshal.FreeHGlobal(name);
    }
  }

  public static void Write(string connection, string server, string bypass, string autoConfigUrl, int flags) {
    IntPtr name = connection == "" ? IntPtr.Zero : Marshal.StringToHGlobalUni(connection);
    IntPtr options = Marshal.AllocHGlobal(4 * Step);
    Marshal.Copy(new byte[4 * Step], 0, options, 4 * Step);
    string[] values = { server, bypass, autoConfigUrl };
    List<IntPtr> texts = new List<IntPtr>();
    try {
      for (int i = 0; i < 3; i++) {
        texts.Add(Marshal.StringToHGlobalUni(values[i]));
        Marshal.WriteInt32(options, i * Step, Texts[i]);
        Marshal.WriteIntPtr(options, i * Step + IntPtr.Size, texts[i]);
      }
      Marshal.WriteInt32(options, 3 * Step, Flags);
      Marshal.WriteInt32(options, 3 * Step + IntPtr.Size, flags);
      OptionList list = List(name, options);
      if (!InternetSetOptionW(IntPtr.Zero, PerConnection, ref list, list.Size)) throw new Win32Exception();
    } finally {
      foreach (IntPtr text in texts) Marshal.FreeHGlobal(text);
      Marshal.FreeHGlobal(options);
      if (name != IntPtr.Zero) Marshal.FreeHGlobal(name);
    }
  }

  public static void Tell() {
    foreach (int option in new int[] { 95, 39, 37 }) InternetSetOptionW(IntPtr.Zero, option, IntPtr.Zero, 0);
  }

  public static string[] RasNames() {
    const int size = 1048;
    int count = 0, bytes = 32 * size;
    for (int round = 0; round < 2; round++) {
      IntPtr entries = Marshal.AllocHGlobal(bytes);
      try {
        Marshal.WriteInt32(entries, size);
        int given = bytes;
        if (RasEnumEntriesW(null, null, entries, ref bytes, ref count) == 0) {
          string[] names = new string[count];
          for (int i = 0; i < count; i++) names[i] = Marshal.PtrToStringUni(new IntPtr(entries.ToInt64() + i * size + 4));
          return names;
        }
        if (bytes <= given) break;
      } catch (DllNotFoundException) {
        break;
      } finally {
        Marshal.FreeHGlobal(entries);
      }
    }
    return new string[0];
  }
}`;
