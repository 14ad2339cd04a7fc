import { type ReactNode, useId, useRef } from "react";
import { text } from "../text";
import { Button } from "./controls";

interface Props {
  /** The button that asks; also the name of the confirming button. */
  readonly action: string;
  readonly label?: string;
  readonly title: string;
  readonly body: string;
  readonly onConfirm: () => void;
  readonly disabled?: boolean;
  readonly children?: ReactNode;
}

/** A button whose action loses something: it asks first, in a modal dialog of the platform. */
export function ConfirmButton({ action, label, title, body, onConfirm, disabled = false, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const close = () => dialog.current?.close();
  return (
    <>
      <Button
        kind="quiet"
        disabled={disabled}
        onClick={() => dialog.current?.showModal()}
        {...(label === undefined ? {} : { label })}
      >
        {children ?? action}
      </Button>
      <dialog ref={dialog} className="dialog" aria-labelledby={titleId}>
        <h3 id={titleId}>{title}</h3>
        <p>{body}</p>
        <div className="row row-end">
          <Button onClick={close}>{text.cancel}</Button>
          <Button
            kind="danger"
            onClick={() => {
              close();
              onConfirm();
            }}
          >
            {action}
          </Button>
        </div>
      </dialog>
    </>
  );
}
