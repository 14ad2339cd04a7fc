import "./state/no-eval";
import "./ui/styles.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { openStudio } from "./state/studio";
import { unsavedSteps } from "./state/unsaved";
import { keepAddress, startOf, wasReloaded } from "./ui/address";
import { App } from "./ui/app";
import { finishNotice } from "./ui/finish-notice";
import { keepForOffline } from "./ui/kit/new-version";
import { browserNotice } from "./ui/kit/notification";
import { browserStorage } from "./ui/kit/remembered";
import { leavingGuard } from "./ui/leaving";
import { keepOnceStored } from "./ui/persistence";
import { keepScroll } from "./ui/scroll";
import { pageTitle } from "./ui/title";

if (new URLSearchParams(location.search).has("bench")) void import("./bench-page");
else openPage();

function openPage(): void {
  const worker = new Worker(new URL("./worker/main.ts", import.meta.url), { type: "module" });
  const studio = openStudio(worker, startOf(window, browserStorage(), wasReloaded()), Date.now);
  keepAddress(window, browserStorage(), studio);
  keepScroll(window);

  const leaving = leavingGuard(window);
  const finished = finishNotice({ hidden: () => document.hidden, notify: browserNotice, later: setTimeout });
  studio.store.subscribe(({ facts }) => {
    leaving(unsavedSteps(facts) > 0);
    finished(facts);
    const title = pageTitle(facts);
    if (document.title !== title) document.title = title;
  });
  keepOnceStored(studio.store);
  if (import.meta.env.PROD) keepForOffline("./service-worker.js");

  const root = document.getElementById("root");
  if (root === null) throw new Error("index.html has no element with the id root");
  createRoot(root).render(
    <StrictMode>
      <App studio={studio} />
    </StrictMode>,
  );
}
