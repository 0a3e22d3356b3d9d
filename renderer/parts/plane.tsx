const url = new URL('../plane.svg', import.meta.url).href;

/** The paper plane. Decoration: the name stands beside it. */
export const Plane = () => <img className="plane" src={url} alt="" />;
