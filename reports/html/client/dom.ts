/** Making elements. Text goes in as text nodes only, so nothing in the data can become markup. */

type Value = string | number | boolean | null | undefined;

/** What an element may hold; false and null hold nothing. */
export type Child = Node | string | number | false | null | undefined;

/** An element with attributes and children. An attribute that is false, null or undefined is left out. */
export const make = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, Value>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  return fill(element, children);
};

/** A button that does something. */
export const button = (
  attributes: Readonly<Record<string, Value>>,
  onClick: () => void,
  ...children: readonly Child[]
): HTMLButtonElement => {
  const element = make('button', { type: 'button', ...attributes }, ...children);
  element.addEventListener('click', onClick);
  return element;
};

/** An element of a drawing. */
export const draw = (tag: string, attributes: Readonly<Record<string, string | number>>): SVGElement => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag) as SVGElement;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
};

/** Adds children. */
export const fill = <E extends Element>(element: E, children: readonly Child[]): E => {
  for (const child of children) {
    if (child === false || child === null || child === undefined) continue;
    element.append(typeof child === 'number' ? String(child) : child);
  }
  return element;
};
