import type { ReactNode } from 'react';
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';
import './button.css';
import './dialog.css';

interface ButtonDialogProps {
  readonly icon: ReactNode;
  readonly button: string;
  readonly buttonLabel?: string; // where the button's own words do not tell enough
  readonly title: string;
  readonly done: string;
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** A button and the dialog that it opens: a title, what is inside, and a way out. */
export function ButtonDialog({ icon, button, buttonLabel, title, done, isWide = false, children }: ButtonDialogProps) {
  return (
    <DialogTrigger>
      <Button className="button" {...(buttonLabel !== undefined && { 'aria-label': buttonLabel })}>
        {icon}
        {button}
      </Button>
      <ModalOverlay className="dialog-overlay" isDismissable>
        <Modal className={isWide ? 'dialog-modal wide' : 'dialog-modal'}>
          <Dialog className="dialog">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            {children}
            <div className="dialog-actions">
              <Button slot="close" className="button primary">
                {done}
              </Button>
            </div>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
