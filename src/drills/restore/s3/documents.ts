/** The XML that S3 answers with. */
import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { LaunchgateError } from '../../../model/errors.ts';

/** Of `encoding-type=url`: keys are encoded, tokens and ids of versions are not. */
export function decoded(root: XmlElement, text: string): string {
  // An endpoint that does not know the parameter says so by leaving it out.
  return textOf(root, 'EncodingType') === 'url' ? decodeURIComponent(text.replaceAll('+', ' ')) : text;
}

export function rootOf(text: string): XmlElement {
  const { root } = parseXml(text);
  if (root === null) throw new LaunchgateError('input-unreadable', 'S3 answers with a document that holds nothing');
  return root;
}

export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child): child is XmlElement => child instanceof XmlElement && child.name === name);
}

export function textOf(element: XmlElement, name: string): string {
  return childrenOf(element, name)[0]?.text ?? '';
}

/** `NoSuchBucket`; the beginning of what was said where it is no document of S3. */
export function codeOf(text: string): string {
  try {
    return textOf(rootOf(text), 'Code');
  } catch {
    return text.slice(0, 120);
  }
}
