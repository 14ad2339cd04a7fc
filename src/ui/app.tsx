import type { Studio } from "../state/studio";
import { ComparePanel } from "./compare/compare-panel";
import { ConfigurationPanel } from "./configuration/configuration-panel";
import { ControlRunsPanel } from "./control-runs/control-runs-panel";
import { CurvesPanel } from "./curves/curves-panel";
import { DatasetPanel } from "./dataset/dataset-panel";
import { ExportPanel } from "./exporting/export-panel";
import { GroupsPanel } from "./groups/groups-panel";
import { Guide } from "./guide/guide";
import { DeviceNotice } from "./header/device-notice";
import { Header } from "./header/header";
import { VersionNotice } from "./header/version-notice";
import { HealthPanel } from "./health/health-panel";
import { Boundary } from "./kit/boundary";
import { ClassImages } from "./kit/class-images";
import { Button } from "./kit/controls";
import { LitEscape } from "./kit/lit";
import { useRemembered } from "./kit/remembered";
import { jumpToSection } from "./kit/section";
import { StudioProvider, useSelected } from "./kit/studio";
import { Errors } from "./log/errors";
import { EventLog, Status } from "./log/event-log";
import { ParallelPanel } from "./parallel/parallel-panel";
import { QueuePanel } from "./queue/queue-panel";
import { ResultsPanel } from "./results/results-panel";
import { RunsPanel } from "./runs/runs-panel";
import { StagesPanel } from "./stages/stages-panel";
import { text } from "./text";
import { TreePanel } from "./tree/tree-panel";
import { TryPanel } from "./trying/try-panel";
import { WeightsPanel } from "./weights/weights-panel";

/** The whole page: what goes in at the left, what comes of it at the right. */
export function App({ studio }: { readonly studio: Studio }) {
  return (
    <StudioProvider studio={studio}>
      <ClassImages />
      <LitEscape />
      <Page />
    </StudioProvider>
  );
}

function Page() {
  const hasRun = useSelected((state) => state.facts.open !== null);
  const [guide, setGuide] = useRemembered("splitnet-guide", (stored) => (stored === "hidden" ? "hidden" : "shown"));
  const closeGuide = (): void => {
    setGuide("hidden");
    document.getElementById("guide-switch")?.focus();
  };
  const panels = [<Setup key="setup" />, <Work key="work" contents={hasRun} />];
  return (
    <>
      <a className="skip" href="#stages">
        {text.skip}
      </a>
      <Header>
        <button
          type="button"
          id="guide-switch"
          className="button button-quiet"
          aria-expanded={guide === "shown"}
          onClick={() => setGuide(guide === "shown" ? "hidden" : "shown")}
        >
          {text.guide.show}
        </button>
      </Header>
      <DeviceNotice />
      <VersionNotice />
      <Errors />
      <main className="page">
        <div className="page-stages">
          <Boundary of={text.stages.title}>
            <StagesPanel />
          </Boundary>
          <Status />
          {guide === "shown" && <Guide onClose={closeGuide} />}
        </div>
        {hasRun ? panels.toReversed() : panels}
      </main>
      <footer className="footer">{text.privacy}</footer>
    </>
  );
}

/** Comes first in reading order until there is a run to watch; wide pages show both side by side. */
function Setup() {
  return (
    <div className="page-setup">
      <Boundary of={text.dataset.title}>
        <DatasetPanel />
      </Boundary>
      <Boundary of={text.configuration.title}>
        <ConfigurationPanel />
      </Boundary>
      <Boundary of={text.queue.title}>
        <QueuePanel />
      </Boundary>
      <Boundary of={text.runs.title}>
        <RunsPanel />
      </Boundary>
    </div>
  );
}

/** What comes of a run, in the order in which it does; `section` names what the contents lead to. */
const WORK = [
  { section: "curves", title: text.curves.title, Panel: CurvesPanel },
  { section: "groups", title: text.groups.title, Panel: GroupsPanel },
  { section: "weights", title: text.weights.title, Panel: WeightsPanel },
  { section: "tree", title: text.tree.title, Panel: TreePanel },
  { section: "results", title: text.results.title, Panel: ResultsPanel },
  { section: "try", title: text.trying.title, Panel: TryPanel },
  { section: null, title: text.parallel.title, Panel: ParallelPanel },
  { section: "export", title: text.exporting.title, Panel: ExportPanel },
  { section: null, title: text.controlRuns.title, Panel: ControlRunsPanel },
  { section: null, title: text.compare.title, Panel: ComparePanel },
  { section: null, title: text.health.title, Panel: HealthPanel },
  { section: null, title: text.log.title, Panel: EventLog },
] as const;

function Work({ contents }: { readonly contents: boolean }) {
  return (
    <div className="page-work">
      {contents && <Contents />}
      {WORK.map(({ title, Panel }) => (
        <Boundary key={title} of={title}>
          <Panel />
        </Boundary>
      ))}
    </div>
  );
}

/** Stays in sight while a run's many panels scroll by. */
function Contents() {
  return (
    <nav className="contents" aria-label={text.contents}>
      {WORK.map(
        ({ section, title }) =>
          section !== null && (
            <Button key={section} kind="quiet" onClick={() => jumpToSection(section)}>
              {title}
            </Button>
          ),
      )}
    </nav>
  );
}
