/** A failure a person can act on: the message names the cause, `cure` the way out. */
export class ServingError extends Error {
  /**
   * @param {string} message
   * @param {string} cure
   * @param {ErrorOptions} [options]
   */
  constructor(message, cure, options) {
    super(message, options);
    this.name = "ServingError";
    this.cure = cure;
  }
}

/** Messages quote what was received, which may be of any length. */
const LONGEST_MESSAGE = 500;

/** A message that is not what its receiver takes: sending it again would not help. */
export class MessageError extends ServingError {
  /**
   * @param {string} message
   * @param {string} [cure]
   */
  constructor(message, cure = "Caller and workers must be of the same version and serve the same bundle.") {
    super(message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, LONGEST_MESSAGE)}…`, cure);
    this.name = "MessageError";
  }
}

/**
 * Ends the program with one line on standard error: cause and cure, no stack.
 * @param {string} program
 * @param {unknown} error
 */
export function fail(program, error) {
  const cure = error instanceof ServingError ? ` ${error.cure}` : "";
  console.error(`${program}: ${error instanceof Error ? error.message : String(error)}.${cure}`);
  process.exit(1);
}
