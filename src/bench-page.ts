import "./ui/styles.css";

/** The page `?bench`: the benchmarks of `npm run bench`, in this browser, in a worker of their own. */

const text = {
  title: "Benchmarks",
  about:
    "Times kernels and whole training steps of this studio, of stock TensorFlow.js and of jax-js on this device, in turn. It takes minutes on a GPU and far longer without one. Nothing is sent anywhere.",
  only: "Only cases whose name begins with",
  start: "Run",
  stop: "Stop",
  copy: "Copy as JSON",
  back: "Back to the studio",
  stopped: "Stopped.",
  done: "Done.",
  failed: "It ended with an error, which is the last line above.",
};

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(name), properties);
}

const only = element("input", { id: "only", type: "text", placeholder: "step/" });
const start = element("button", { type: "button", textContent: text.start, className: "button button-primary" });
const stop = element("button", { type: "button", textContent: text.stop, className: "button", disabled: true });
const copy = element("button", { type: "button", textContent: text.copy, className: "button", disabled: true });
const progress = element("pre", { className: "bench-progress" });
const result = element("pre", { className: "bench-result" });
const status = element("p");
status.setAttribute("role", "status");

let worker: Worker | null = null;
let json = "";

function begin(): void {
  progress.textContent = "";
  result.textContent = "";
  json = "";
  show(true, "");
  worker = new Worker(new URL("./bench/worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }) => take(data));
  worker.addEventListener("error", ({ message }) => end(message));
  worker.postMessage(["--json", ...(only.value === "" ? [] : ["--only", only.value])]);
}

/** A message of the worker (bench/worker.ts); anything else is ignored. */
function take(data: unknown): void {
  const kind: unknown = Reflect.get(Object(data), "kind");
  const content = String(Reflect.get(Object(data), "text") ?? "");
  if (kind === "note") progress.append(`${content}\n`);
  if (kind === "result") {
    json = content;
    result.textContent = content;
  }
  if (kind === "ended") end(Reflect.get(Object(data), "code") === 0 ? text.done : text.failed);
}

function end(message: string): void {
  worker?.terminate();
  worker = null;
  show(false, message);
}

function show(running: boolean, message: string): void {
  start.disabled = running;
  only.disabled = running;
  stop.disabled = !running;
  copy.disabled = json === "";
  status.textContent = message;
}

start.addEventListener("click", begin);
stop.addEventListener("click", () => end(text.stopped));
copy.addEventListener("click", () => void navigator.clipboard.writeText(json));

const main = element("main", { className: "bench-page" });
const label = element("label", { htmlFor: "only", textContent: text.only });
const controls = element("div", { className: "bench-controls" });
controls.append(label, only, start, stop, copy);
const back = element("a", { href: "./", textContent: text.back });
main.append(
  element("h1", { textContent: text.title }),
  element("p", { textContent: text.about }),
  controls,
  status,
  progress,
  result,
  back,
);
document.title = text.title;
document.getElementById("root")?.replaceChildren(main);
