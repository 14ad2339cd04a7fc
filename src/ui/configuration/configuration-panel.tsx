import { useMemo } from "react";
import { formatBytes } from "../../base/bytes";
import { groupingSpec } from "../../model/build";
import type { Config } from "../../model/config";
import { totalCost } from "../../model/cost";
import { estimateMemory } from "../../model/memory";
import { isPresetName, PRESET_NAMES, PRESET_SUMMARIES } from "../../model/presets";
import { type ConfigForm, evaluateForm, type FormResult, fieldText } from "../../state/config-form";
import { Button, Select, TextField } from "../kit/controls";
import { short } from "../kit/format";
import { Section } from "../kit/section";
import { useSelected, useStudio } from "../kit/studio";
import { Disclosure } from "../kit/view";
import { text } from "../text";
import { choicesOf, FIELD_GROUPS, type FieldPath, hintOf } from "./fields";
import { JsonEditor } from "./json-editor";
import { Probe } from "./probe";

/** The configuration of the next run. */
export function ConfigurationPanel() {
  const { store } = useStudio();
  const form = useSelected((state) => state.form);
  const dataset = useSelected((state) => state.facts.dataset);
  const result = useMemo(() => evaluateForm(form), [form]);
  const classes = dataset.kind === "stored" ? dataset.dataset.classes.length : 100;
  const changed = result.differences.length > 0;
  return (
    <Section title={text.configuration.title} name="configuration">
      <Select
        label={text.configuration.preset}
        value={form.preset}
        options={PRESET_NAMES.map((name) => ({ value: name, name }))}
        onChange={(name) => isPresetName(name) && store.choosePreset(name)}
      />
      <p className="hint">{PRESET_SUMMARIES[form.preset]}</p>
      {result.config !== null && <CostLine config={result.config} classes={classes} />}
      {result.config !== null && <Probe config={result.config} classes={classes} />}
      <div>
        <Fields form={form} result={result} onEdit={store.editField} />
      </div>
      {result.config === null && <p className="wrong">{wrongText(result)}</p>}
      <Differences result={result} />
      {changed && <Button onClick={() => store.choosePreset(form.preset)}>{text.configuration.reset}</Button>}
      <JsonEditor value={result.candidate} onApply={store.replaceConfig} />
    </Section>
  );
}

/** Errors of fields that are not shown are told here by their path. */
function wrongText({ errors }: FormResult): string {
  const shown = new Set<string>(FIELD_GROUPS.flatMap(({ paths }) => paths));
  const hidden = Object.entries(errors).flatMap(([path, message]) => (shown.has(path) ? [] : [`${path}: ${message}`]));
  return hidden.length > 0 ? hidden.join("; ") : text.configuration.invalid;
}

function CostLine({ config, classes }: { readonly config: Config; readonly classes: number }) {
  const cost = useMemo(() => {
    const spec = groupingSpec(config, classes);
    const { parameterBytes, activationBytes } = estimateMemory(spec, config.group.batchSize, config.precision);
    return { name: spec.name, ...totalCost(spec), bytes: parameterBytes + activationBytes };
  }, [config, classes]);
  return (
    <p className="hint">
      <span className="strong">{cost.name}</span>
      {": "}
      {text.configuration.cost(short(cost.parameters), short(cost.flops), formatBytes(cost.bytes))}
    </p>
  );
}

interface FieldsProps {
  readonly form: ConfigForm;
  readonly result: FormResult;
  readonly onEdit: (path: string, value: string) => void;
}

export function Fields({ form, result, onEdit }: FieldsProps) {
  return FIELD_GROUPS.map(({ name, title, paths, gist }) => (
    <Disclosure
      key={title}
      name={name}
      forced={paths.some((path) => result.errors[path] !== undefined)}
      summary={
        <>
          {title}{" "}
          <span className="hint">
            {gist.map((path) => `${text.configuration.fields[path].gist} ${fieldText(form, path)}`).join(" · ")}
          </span>
        </>
      }
    >
      <div className="fields">
        {paths.map((path) => (
          <Field
            key={path}
            path={path}
            value={fieldText(form, path)}
            error={result.errors[path]}
            onChange={(value) => onEdit(path, value)}
          />
        ))}
      </div>
    </Disclosure>
  ));
}

interface FieldProps {
  readonly path: FieldPath;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

function Field({ path, value, error, onChange }: FieldProps) {
  const { label } = text.configuration.fields[path];
  const choices = choicesOf(path);
  if (choices !== null) {
    const options = Object.entries(choices).map(([choice, name]) => ({ value: choice, name }));
    return <Select label={label} value={value} options={options} onChange={onChange} />;
  }
  return (
    <TextField label={label} hint={hintOf(path)} value={value} error={error} onChange={onChange} numeric={path !== "grouping"} />
  );
}

function Differences({ result }: { readonly result: FormResult }) {
  if (result.differences.length === 0) return <p className="hint">{text.configuration.noDifferences}</p>;
  return (
    <div className="differences">
      <h3>{text.configuration.differences}</h3>
      <ul>
        {result.differences.map(({ path, preset, value }) => (
          <li key={path}>
            <code>{path}</code> <del>{preset}</del> <ins>{value}</ins>
          </li>
        ))}
      </ul>
    </div>
  );
}
