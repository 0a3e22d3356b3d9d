import type { LucideIcon } from 'lucide-react';
import { Button, type ButtonProps, ToggleButton, type ToggleButtonProps, Tooltip, TooltipTrigger } from 'react-aria-components';
import './button.css';

interface IconProps {
  readonly icon: LucideIcon;
  /** What it does: the accessible name and the tooltip. */
  readonly label: string;
}

/** A button that is only a picture, with its name in a tooltip. */
export function IconButton({ icon: Icon, label, ...props }: IconProps & ButtonProps) {
  return (
    <TooltipTrigger delay={500}>
      <Button {...props} className="button icon" aria-label={label}>
        <Icon aria-hidden />
      </Button>
      <Tooltip className="tooltip">{label}</Tooltip>
    </TooltipTrigger>
  );
}

/** The same for something that is on or off. The name stays; the state is announced beside it. */
export function IconToggle({ icon: Icon, label, ...props }: IconProps & ToggleButtonProps) {
  return (
    <TooltipTrigger delay={500}>
      <ToggleButton {...props} className="button icon" aria-label={label}>
        <Icon aria-hidden />
      </ToggleButton>
      <Tooltip className="tooltip">{label}</Tooltip>
    </TooltipTrigger>
  );
}
