// A small SVG writer: shapes and text as strings, laid out with text widths that hold for monospaced fonts.
// Numbers are whole, so that the same picture is the same bytes on every machine.

/** Pixels; a monospaced character of 12 px is at most 7.3 wide in the fonts that are asked for. */
const CHARACTER = 7.3;
const HEADING_CHARACTER = 9.2;

/** Distance of lines of text and of ports. */
export const ROW = 22;
export const MARGIN = 24;

/** A part of the picture, drawn from its own (0, 0). */
export interface Part {
  readonly width: number;
  readonly height: number;
  readonly content: readonly string[];
}

/** Characters that take two places in a monospaced font, roughly: CJK, kana, hangul, emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

function columns(text: string): number {
  let sum = 0;
  for (const character of text) sum += WIDE.test(character) ? 2 : 1;
  return sum;
}

/** Pixels that a text takes, rounded up. */
export function textWidth(text: string, heading = false): number {
  return Math.ceil(columns(text) * (heading ? HEADING_CHARACTER : CHARACTER));
}

/** A text with at most so many characters, the rest as an ellipsis. */
export function shortened(text: string, max: number): string {
  const characters = [...text];
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** What XML 1.0 cannot hold, not even escaped: most controls, lone surrogates, two non-characters. */
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

export function escapeXml(text: string): string {
  return text.replace(NOT_XML, '\ufffd').replace(/[&<>"]/g, (character) => ENTITIES[character]!);
}

type Attributes = Readonly<Record<string, string | number>>;

function element(name: string, attributes: Attributes, content?: string): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join('');
  return content === undefined ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** Text whose baseline is at y; `anchor` says which end is at x. */
export function textAt(
  x: number,
  y: number,
  text: string,
  style = '',
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  const attributes = {
    x,
    y,
    ...(style === '' ? {} : { class: style }),
    ...(anchor === 'start' ? {} : { 'text-anchor': anchor }),
  };
  return element('text', attributes, escapeXml(text));
}

export function path(d: string, style: string): string {
  return element('path', { class: style, d });
}

export function rectangle(
  x: number,
  y: number,
  width: number,
  height: number,
  rounding: number,
  style: string,
): string {
  return element('rect', { class: style, x, y, width, height, rx: rounding });
}

export function circle(cx: number, cy: number, r: number, style: string): string {
  return element('circle', { class: style, cx, cy, r });
}

/** The head of an arrow that points at (x, y) from the left (1) or from the right (-1). */
export function arrowHead(x: number, y: number, from: 1 | -1, style: string): string {
  const back = x - 8 * from;
  return path(`M${x} ${y}L${back} ${y - 4}V${y + 4}Z`, style);
}

// Plain rules without variables, which not every viewer knows; all below one class, because style sheets of
// SVGs that stand in one HTML page see each other.
const BASE =
  '.tailproof{color:#1f2328;font:12px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace}';

const RULES: readonly (readonly [string, string])[] = [
  ['.page', 'fill:#ffffff'],
  ['text', 'fill:currentColor'],
  ['.heading', 'font-size:15px;font-weight:bold'],
  ['.strong', 'font-weight:bold'],
  ['.muted', 'opacity:0.72'],
  ['.box', 'fill:#ddf4ff;stroke:#0969da;stroke-width:1.5'],
  ['.idle', 'fill:none;stroke:currentColor;stroke-opacity:0.45;stroke-dasharray:4 3'],
  ['.slot', 'fill:none;stroke:currentColor;stroke-opacity:0.55'],
  ['.written', 'fill:none;stroke:#9a6700;stroke-dasharray:5 3'],
  ['.taken', 'fill:none;stroke:#0969da;stroke-width:2.5'],
  ['.failed', 'fill:none;stroke:#cf222e;stroke-width:1.5;stroke-dasharray:5 3'],
  ['.cross', 'fill:none;stroke:#cf222e;stroke-width:2'],
  ['.head', 'fill:currentColor;fill-opacity:0.7'],
  ['.hop', 'fill:#0969da'],
  ['.write', 'fill:#9a6700'],
  ['.end', 'fill:none;stroke:currentColor;stroke-width:2'],
  ['text.bad', 'fill:#cf222e'],
  ['text.edit', 'fill:#9a6700'],
];

const DARK_RULES: readonly (readonly [string, string])[] = [
  ['.page', 'fill:#0d1117'],
  ['.box', 'fill:#122d4b;stroke:#58a6ff'],
  ['.taken', 'stroke:#58a6ff'],
  ['.failed,.tailproof .cross', 'stroke:#ff7b72'],
  ['.written', 'stroke:#e3b341'],
  ['.hop', 'fill:#58a6ff'],
  ['.write', 'fill:#e3b341'],
  ['text.bad', 'fill:#ff7b72'],
  ['text.edit', 'fill:#e3b341'],
];

function styleSheet(): string {
  const rules = (list: typeof RULES) => list.map(([what, how]) => `.tailproof ${what}{${how}}`);
  const dark = ['.tailproof{color:#e6edf3}', ...rules(DARK_RULES)].join('\n');
  return [
    '<style>',
    BASE,
    ...rules(RULES),
    `@media (prefers-color-scheme:dark){\n${dark}\n}`,
    '</style>',
  ].join('\n');
}

/** A whole file: parts below each other, each under its heading. */
export function svgDocument(
  title: string,
  subtitle: string,
  parts: readonly { readonly heading: string; readonly caption: string; readonly part: Part }[],
): string {
  const body: string[] = [
    textAt(MARGIN, MARGIN + 14, title, 'heading'),
    textAt(MARGIN, MARGIN + 14 + ROW, subtitle, 'muted'),
  ];
  let y = MARGIN + 14 + 2 * ROW;
  let width = Math.max(textWidth(title, true), textWidth(subtitle));
  for (const { heading, caption, part } of parts) {
    body.push(textAt(MARGIN, y + 16, heading, 'heading'));
    if (caption !== '') {
      y += ROW;
      body.push(textAt(MARGIN, y + 14, caption, 'muted'));
    }
    y += 16 + ROW;
    body.push(
      element('g', { transform: `translate(${MARGIN} ${y})` }, `\n${part.content.join('\n')}\n`),
    );
    y += part.height + ROW;
    width = Math.max(width, part.width, textWidth(heading, true), textWidth(caption));
  }
  const size = { width: width + 2 * MARGIN, height: y };
  return [
    element(
      'svg',
      {
        xmlns: 'http://www.w3.org/2000/svg',
        class: 'tailproof',
        role: 'img',
        ...size,
        viewBox: `0 0 ${size.width} ${size.height}`,
      },
      [
        '',
        `<title>${escapeXml(title)}</title>`,
        `<desc>${escapeXml(subtitle)}</desc>`,
        styleSheet(),
        element('rect', { class: 'page', ...size }),
        ...body,
        '',
      ].join('\n'),
    ),
    '',
  ].join('\n');
}
