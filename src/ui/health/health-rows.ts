import { formatBytes } from "../../base/bytes";
import type { DeviceHealth, HealthView, NowAndMedian, SpeedHealth } from "../../protocol/health";
import type { KernelsView } from "../../protocol/views";
import { count, decimal } from "../kit/format";
import { text } from "../text";

/** Facts of one subject, by name; `note` where there are none. */
export interface HealthSection {
  readonly title: string;
  readonly note: string | null;
  readonly rows: readonly (readonly [name: string, value: string])[];
}

const { health: words } = text;
const told = (value: string): string => (value === "" ? words.unknown : value);
const yesNo = (value: boolean): string => (value ? words.yes : words.no);

/** All that is known, as it is shown and copied. */
export function healthSections({ version, device, speed, storage, browser }: HealthView): HealthSection[] {
  const { sections, rows } = words;
  const { filesIn, estimate } = storage;
  const used = estimate === null ? words.unknown : `${formatBytes(estimate.used)} / ${formatBytes(estimate.allowed)}`;
  return [
    { title: sections.device, note: device === null ? words.none : null, rows: device === null ? [] : deviceRows(device) },
    {
      title: sections.memory,
      note: device === null ? words.none : null,
      rows:
        device === null
          ? []
          : [
              [rows.held, formatBytes(device.bytes)],
              [rows.buffers, count(device.buffers)],
            ],
    },
    { title: sections.speed, note: speed === null ? words.noSpeed : null, rows: speed === null ? [] : speedRows(speed) },
    {
      title: sections.storage,
      note: null,
      rows: [
        [rows.files, filesIn ?? words.unknown],
        [rows.used, used],
        [rows.persistent, estimate === null ? words.unknown : yesNo(estimate.persistent)],
      ],
    },
    {
      title: sections.browser,
      note: null,
      rows: [
        [rows.version, version],
        [rows.userAgent, browser.userAgent],
        [rows.webGpu, yesNo(browser.hasWebGpu)],
        [rows.secure, yesNo(browser.isSecureContext)],
        [rows.isolated, yesNo(browser.crossOriginIsolated)],
        [rows.locks, yesNo(browser.hasLocks)],
        [rows.processors, browser.processors === null ? words.unknown : count(browser.processors)],
      ],
    },
  ];
}

function deviceRows({ vendor, architecture, device, driver, software, features, kernels, limits }: DeviceHealth) {
  const { rows, kind } = words;
  return [
    [rows.vendor, told(vendor)],
    [rows.architecture, told(architecture)],
    [rows.device, told(device)],
    [rows.driver, told(driver)],
    [rows.kind, software ? kind.software : kind.hardware],
    [rows.features, told(features.join(", "))],
    [rows.selfTest, selfTestText(kernels)],
    ...Object.entries(limits).map(([name, value]) => [name, count(value)] as const),
  ] as const;
}

function selfTestText(kernels: KernelsView): string {
  return kernels.kind === "stock" ? words.selfTest.stock(kernels.reason) : words.selfTest[kernels.kind];
}

function speedRows({ stage, imagesASecond, millisecondsAStep }: SpeedHealth) {
  const both = ({ now, median }: NowAndMedian, show: (value: number) => string): string => `${show(now)} (${show(median)})`;
  return [
    [words.rows.stage, text.stages.progressOf(stage)],
    [words.rows.step, both(millisecondsAStep, decimal)],
    [words.rows.images, both(imagesASecond, decimal)],
  ] as const;
}

/** The same as lines of text, for a bug report. */
export function healthText(health: HealthView): string {
  const lines = healthSections(health).flatMap(({ title, note, rows }) => [
    "",
    title,
    ...(note === null ? [] : [`  ${note}`]),
    ...rows.map(([name, value]) => `  ${name}: ${value}`),
  ]);
  return [words.report, ...lines].join("\n");
}
