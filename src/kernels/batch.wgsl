// Images of a batch, whitened, [batch, 32, 32, 4] with zeros in channel 3, and their labels; what data/augment.ts computes.
// A workgroup handles one image. `imageOf` and `viewOf` come from batch-training.wgsl or batch-evaluation.wgsl.

// Channel-planar images, 768 words each, IMAGES_PER_CHUNK a buffer.
@group(0) @binding(0) var<storage, read> images0: array<u32>;
@group(0) @binding(1) var<storage, read> images1: array<u32>;
@group(0) @binding(2) var<storage, read> images2: array<u32>;
@group(0) @binding(3) var<storage, read> images3: array<u32>;
// [images]: column of each image's class in the logits.
@group(0) @binding(4) var<storage, read> labels: array<u32>;
@group(0) @binding(6) var<storage, read_write> result: array<Activation4>;
@group(0) @binding(7) var<storage, read_write> batchLabels: array<u32>;

const SIZE = 32u;
const PADDING = 4u;
const PIXELS = SIZE * SIZE;
const PLANE_WORDS = PIXELS / 4u;
const THREADS = FAN_IN * FAN_IN;

// Where in the padded image the crop lies, and whether it is mirrored.
struct View {
  top: u32,
  left: u32,
  flip: bool,
}

// Sums of a channel's bytes and of their squares: whole numbers below 2^32, so that any order gives the same.
struct Sums {
  values: vec3<u32>,
  squares: vec3<u32>,
}

// A pixel's bytes wait here, three in a word, until its image's sums are known; a thread reads its own only.
var<workgroup> pixels: array<u32, PIXELS>;
var<workgroup> threadSums: array<Sums, THREADS>;
var<workgroup> rowSums: array<Sums, FAN_IN>;

// Row or column of the image for one of the padded image: 4 3 2 1 0 1 .. 30 31 30 29 28 27.
fn reflected(padded: u32) -> u32 {
  let inside = u32(abs(i32(padded) - i32(PADDING)));
  return select(2u * (SIZE - 1u) - inside, inside, inside < SIZE);
}

// The word of each channel's plane that starts at `word`.
fn planeWords(chunk: u32, word: u32) -> vec3<u32> {
  let blue = word + 2u * PLANE_WORDS;
  switch chunk {
    case 0u: { return vec3<u32>(images0[word], images0[word + PLANE_WORDS], images0[blue]); }
    case 1u: { return vec3<u32>(images1[word], images1[word + PLANE_WORDS], images1[blue]); }
    case 2u: { return vec3<u32>(images2[word], images2[word + PLANE_WORDS], images2[blue]); }
    default: { return vec3<u32>(images3[word], images3[word + PLANE_WORDS], images3[blue]); }
  }
}

fn bytesAt(image: u32, view: View, pixel: u32) -> vec3<u32> {
  let x = pixel % SIZE;
  let row = reflected(view.top + pixel / SIZE);
  let byte = row * SIZE + reflected(view.left + select(x, SIZE - 1u - x, view.flip));
  let words = planeWords(image / IMAGES_PER_CHUNK, image % IMAGES_PER_CHUNK * (3u * PLANE_WORDS) + byte / 4u);
  return (words >> vec3<u32>(byte % 4u * 8u)) & vec3<u32>(255u);
}

// The sums of all threads. Every thread of the workgroup must call it.
fn total(own: Sums, lane: u32) -> Sums {
  threadSums[lane] = own;
  workgroupBarrier();
  if (lane < FAN_IN) {
    var row = Sums();
    for (var i = 0u; i < FAN_IN; i++) {
      row.values += threadSums[lane * FAN_IN + i].values;
      row.squares += threadSums[lane * FAN_IN + i].squares;
    }
    rowSums[lane] = row;
  }
  workgroupBarrier();
  var sums = Sums();
  for (var i = 0u; i < FAN_IN; i++) {
    sums.values += rowSums[i].values;
    sums.squares += rowSums[i].squares;
  }
  return sums;
}

// Population deviation. With m = floor(mean) and r = Σ(x - m), 1024 variance = Σ(x - m)^2 - r^2 / 1024. Its whole part is exact: it is
// below 1024 (255 / 2)^2 < 2^24. So nothing cancels, and a constant channel has exactly 0.
fn deviationOf(sums: Sums) -> vec3<f32> {
  let floors = sums.values / PIXELS;
  let rests = sums.values % PIXELS;
  // Modulo 2^32 on the way, below it at the end.
  let squares = sums.squares + floors * (PIXELS * floors) - 2u * floors * sums.values;
  let restSquares = rests * rests;
  let scaled = vec3<f32>(squares - restSquares / PIXELS) - vec3<f32>(restSquares % PIXELS) / f32(PIXELS);
  return sqrt(scaled) / f32(SIZE);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let position = workgroup.x;
  let image = imageOf(position);
  let view = viewOf(position);
  var own = Sums();
  for (var pixel = lane; pixel < PIXELS; pixel += THREADS) {
    let bytes = bytesAt(image, view, pixel);
    pixels[pixel] = bytes.x | (bytes.y << 8u) | (bytes.z << 16u);
    own.values += bytes;
    own.squares += bytes * bytes;
  }
  let sums = total(own, lane);
  let inverse = 1.0 / (deviationOf(sums) + GUARD);
  let floors = vec3<f32>(sums.values / PIXELS);
  let rests = vec3<f32>(sums.values % PIXELS) / f32(PIXELS);
  for (var pixel = lane; pixel < PIXELS; pixel += THREADS) {
    let bytes = (vec3<u32>(pixels[pixel]) >> vec3<u32>(0u, 8u, 16u)) & vec3<u32>(255u);
    // The difference from the mean is exact: 8 bits before the point, 10 behind it.
    let whitened = (vec3<f32>(bytes) - floors - rests) * inverse;
    result[position * PIXELS + pixel] = Activation4(vec4<f32>(whitened, 0.0));
  }
  if (lane == 0u) {
    batchLabels[position] = labels[image];
  }
}
