import type { Studio } from "../state/studio";
import { ConfigurationPanel } from "./configuration/configuration-panel";
import { CurvesPanel } from "./curves/curves-panel";
import { DatasetPanel } from "./dataset/dataset-panel";
import { ExportPanel } from "./exporting/export-panel";
import { GroupsPanel } from "./groups/groups-panel";
import { DeviceNotice } from "./header/device-notice";
import { Header } from "./header/header";
import { StudioProvider, useSelected } from "./kit/studio";
import { Errors } from "./log/errors";
import { EventLog, Status } from "./log/event-log";
import { ResultsPanel } from "./results/results-panel";
import { RunsPanel } from "./runs/runs-panel";
import { StagesPanel } from "./stages/stages-panel";
import { text } from "./text";
import { TreePanel } from "./tree/tree-panel";

/** The whole page: what goes in at the left, what comes of it at the right. */
export function App({ studio }: { readonly studio: Studio }) {
  return (
    <StudioProvider studio={studio}>
      <Page />
    </StudioProvider>
  );
}

function Page() {
  const hasRun = useSelected((state) => state.facts.open !== null);
  const panels = [<Setup key="setup" />, <Work key="work" />];
  return (
    <>
      <a className="skip" href="#stages">
        {text.skip}
      </a>
      <Header />
      <DeviceNotice />
      <Errors />
      <main className="page">
        <div className="page-stages">
          <StagesPanel />
          <Status />
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
      <DatasetPanel />
      <ConfigurationPanel />
      <RunsPanel />
    </div>
  );
}

function Work() {
  return (
    <div className="page-work">
      <CurvesPanel />
      <GroupsPanel />
      <TreePanel />
      <ResultsPanel />
      <ExportPanel />
      <EventLog />
    </div>
  );
}
