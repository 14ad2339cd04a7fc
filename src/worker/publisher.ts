import { type EngineEvent, type EventMessage, PROTOCOL_VERSION } from "../protocol/events";

export type Post = (message: EventMessage) => void;

/** Numbers events from 0 without gaps, so that the page notices a lost one. */
export class Publisher {
  readonly #post: Post;
  #sequence = 0;

  constructor(post: Post) {
    this.#post = post;
  }

  publish(event: EngineEvent): void {
    this.#post({ version: PROTOCOL_VERSION, sequence: this.#sequence++, event });
  }
}
