// result[i] = Σ(s) partial[s, i]: in order, so that the sum is the same every time.

fn main(index: i32) {
  if (index >= uniforms.threads) {
    return;
  }
  var sum = 0.0;
  for (var slice = 0; slice < uniforms.slices; slice++) {
    sum += partial[slice * uniforms.threads + index];
  }
  result[index] = sum;
}
