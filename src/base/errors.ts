/**
 * A failure a person can act on: `message` names the cause, `cure` the way out.
 * Every error that crosses a boundary (archive, config, checkpoint, device, message) is one of these.
 */
export abstract class StudioError extends Error {
  abstract override readonly name: string;
  readonly cure: string;

  constructor(message: string, cure: string, options?: { cause?: unknown }) {
    super(shortened(message), options);
    this.cure = cure;
  }
}

/** Messages quote what was read, which may be of any length; a person reads no more than this. */
const LONGEST_MESSAGE = 4000;

function shortened(message: string): string {
  return message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, LONGEST_MESSAGE)}…`;
}

/** Bytes of a data set that are not what they claim to be. `file` is the member, `offset` the byte, where known. */
export class ArchiveError extends StudioError {
  override readonly name = "ArchiveError";
}

/** A configuration that cannot be trained; `message` starts with the path of the field. */
export class ConfigError extends StudioError {
  override readonly name = "ConfigError";
}

/** Tensor shapes that do not fit together: always a fault of the program or of an imported file. */
export class ShapeError extends StudioError {
  override readonly name = "ShapeError";
}

/** A group without members after discretisation. */
export class EmptyGroupError extends StudioError {
  override readonly name = "EmptyGroupError";
}

/** A checkpoint or exported file that cannot be read back. */
export class CheckpointError extends StudioError {
  override readonly name = "CheckpointError";
}

/** No usable WebGPU adapter or device, or the device was lost. */
export class DeviceError extends StudioError {
  override readonly name = "DeviceError";
}

/** The device is gone, with everything on it: a new one may be there. */
export class DeviceLostError extends StudioError {
  override readonly name = "DeviceLostError";
}

/** The loss is no longer a finite number. */
export class DivergenceError extends StudioError {
  override readonly name = "DivergenceError";
}

/** The browser's or the disk's storage refused a read or a write. */
export class StorageError extends StudioError {
  override readonly name = "StorageError";
}

/** A stage was asked for before what it builds on exists, or a message did not parse. */
export class RequestError extends StudioError {
  override readonly name = "RequestError";
}

/** Numbers that no statement can be made of: none, not as many as others, or not finite. */
export class StatisticsError extends StudioError {
  override readonly name = "StatisticsError";
}

/** An error as data, for messages and files. */
export interface ErrorValue {
  readonly name: string;
  readonly message: string;
  readonly cure: string;
}

/** Turns anything thrown into data; unknown errors keep their message and get an honest cure. */
export function toErrorValue(error: unknown): ErrorValue {
  if (error instanceof StudioError) {
    return { name: error.name, message: error.message, cure: error.cure };
  }
  const message = error instanceof Error ? error.message : String(error);
  const name = error instanceof Error ? error.name : "Error";
  return { name, message, cure: "This is a fault of the program: please report it with the event log." };
}
