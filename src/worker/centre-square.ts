/** The largest square in the middle of a picture; of an odd remainder the pixel at the left or top is cut off last. */
export function centreSquare(width: number, height: number): { readonly x: number; readonly y: number; readonly side: number } {
  const side = Math.min(width, height);
  return { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), side };
}
