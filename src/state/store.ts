import { createStore, type StoreApi } from "zustand/vanilla";
import type { ErrorValue } from "../base/errors";
import type { PresetName } from "../model/presets";
import type { EngineEvent } from "../protocol/events";
import { type ConfigForm, DEFAULT_PRESET, formOfPreset, formOfValue, withEdit } from "./config-form";
import { type Facts, INITIAL_FACTS } from "./facts";
import { dismissFailure, reduce } from "./reduce";

/** All the page knows: what the engine told, and what the person is writing. */
export interface StudioState {
  readonly facts: Facts;
  readonly form: ConfigForm;
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
}

export function createStudioStore(preset: PresetName = DEFAULT_PRESET, facts: Facts = INITIAL_FACTS): StudioStore {
  const store = createStore<StudioState>(() => ({ facts, form: formOfPreset(preset) }));
  const changeFacts = (change: (facts: Facts) => Facts): void => store.setState((state) => ({ facts: change(state.facts) }));
  const changeForm = (change: (form: ConfigForm) => ConfigForm): void =>
    store.setState((state) => ({ form: change(state.form) }));
  return {
    ...store,
    receive: (events, time) => changeFacts((old) => events.reduce((now, event) => reduce(now, event, time), old)),
    fail: (fatal) => changeFacts((old) => ({ ...old, fatal })),
    dismiss: (id) => changeFacts((old) => dismissFailure(old, id)),
    choosePreset: (name) => changeForm(() => formOfPreset(name)),
    editField: (path, text) => changeForm((form) => withEdit(form, path, text)),
    replaceConfig: (value) => changeForm((form) => formOfValue(value, form.preset)),
  };
}
