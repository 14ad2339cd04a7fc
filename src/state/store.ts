import { createStore, type StoreApi } from "zustand/vanilla";
import type { ErrorValue } from "../base/errors";
import type { PresetName } from "../model/presets";
import type { EngineEvent } from "../protocol/events";
import type { Start } from "./address";
import { type ConfigForm, formOfPreset, formOfValue, withEdit } from "./config-form";
import { type Facts, INITIAL_FACTS, type OpenRun } from "./facts";
import { type Lighting, type Lit, NOTHING_LIT } from "./lighting";
import { dismissFailure, reduce } from "./reduce";
import { litByTrial } from "./trial";
import { followRun, type View, withView } from "./view";

/** All the page knows: what the engine told, what the person is writing, how they look at it, and what is lit. */
export interface StudioState extends Start {
  readonly facts: Facts;
  readonly lighting: Lighting;
}

export interface StudioStore extends StoreApi<StudioState> {
  /** Takes in events received at `time`, all at once. */
  receive(events: readonly EngineEvent[], time: number): void;
  fail(error: ErrorValue): void;
  dismiss(failureId: number): void;
  choosePreset(preset: PresetName): void;
  editField(path: string, text: string): void;
  /** Replaces the form's configuration, valid or not. */
  replaceConfig(value: unknown): void;
  /** Changes how the page is looked at; null for as usual. */
  look(changes: Parameters<typeof withView>[1]): void;
  /** Takes in another address of the page. */
  restart(start: Start): void;
  /** Lights what is pointed at or in focus; nothing for null. */
  point(lit: Lit | null): void;
  /** Keeps it lit until it is let go with null. */
  keep(lit: Lit | null): void;
}

export function createStudioStore(start: Start, initial: Facts = INITIAL_FACTS): StudioStore {
  const store = createStore<StudioState>(() => ({ facts: initial, view: start.view, form: start.form, lighting: NOTHING_LIT }));
  const changeFacts = (change: (facts: Facts) => Facts): void => store.setState((state) => ({ facts: change(state.facts) }));
  const changeForm = (change: (form: ConfigForm) => ConfigForm): void =>
    store.setState((state) => ({ form: change(state.form) }));
  const light = (change: Partial<Lighting>): void => store.setState(({ lighting }) => ({ lighting: { ...lighting, ...change } }));
  return {
    ...store,
    receive: (events, time) =>
      store.setState((old) => {
        const facts = events.reduce((now, event) => reduce(now, event, time), old.facts);
        const [before, now] = [openId(old.facts), openId(facts)];
        const lighting = before === now ? old.lighting : NOTHING_LIT;
        return { facts, view: followRun(old.view, before, now), lighting: litAfter(lighting, old.facts.open, facts.open) };
      }),
    fail: (fatal) => changeFacts((old) => ({ ...old, fatal })),
    dismiss: (id) => changeFacts((old) => dismissFailure(old, id)),
    choosePreset: (name) => changeForm(() => formOfPreset(name)),
    editField: (path, text) => changeForm((form) => withEdit(form, path, text)),
    point: (pointed) => light({ pointed }),
    keep: (kept) => light({ kept }),
    replaceConfig: (value) => changeForm((form) => formOfValue(value, form.preset)),
    look: (changes) => {
      const before = store.getState().view;
      const view: View = withView(before, changes);
      if (view !== before) store.setState({ view });
    },
    restart: ({ view, form }) => store.setState({ view, form }),
  };
}

/** An image that was just tried keeps the way to the leaf that fires lit, until it is let go. */
function litAfter(lighting: Lighting, before: OpenRun | null, now: OpenRun | null): Lighting {
  const lit = now !== null && now.tried !== before?.tried ? litByTrial(now) : null;
  return lit === null ? lighting : { ...lighting, kept: lit };
}

function openId({ open }: Facts): string | null {
  return open?.record.id ?? null;
}
