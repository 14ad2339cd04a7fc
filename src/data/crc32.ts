const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 of gzip (RFC 1952 section 8); `before` is the value of the bytes already seen. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let value = ~before;
  for (let i = 0; i < bytes.length; i++) {
    value = TABLE[(value ^ (bytes[i] as number)) & 0xff]! ^ (value >>> 8);
  }
  return ~value >>> 0;
}
