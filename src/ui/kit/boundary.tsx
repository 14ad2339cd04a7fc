import { Component, type ReactNode } from "react";
import { text } from "../text";
import { Button } from "./controls";

interface Props {
  /** Name of what is inside, as its heading says it. */
  readonly of: string;
  readonly children: ReactNode;
}

interface State {
  readonly error: Error | null;
}

/** Keeps a failure to draw one part of the page in that part, says so there, and offers to draw it again. React knows no hook for this. */
export class Boundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div className="notice notice-bad" role="alert">
        <p className="notice-title">{text.boundary.failed(this.props.of)}</p>
        <p>{error.message}</p>
        <p>{text.boundary.cure}</p>
        <div className="row">
          <Button onClick={() => this.setState({ error: null })}>{text.boundary.again}</Button>
          <Button kind="quiet" onClick={() => location.reload()}>
            {text.log.reload}
          </Button>
        </div>
      </div>
    );
  }
}
