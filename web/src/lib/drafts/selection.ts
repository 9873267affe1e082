import type { Span } from './passages.ts';

/**
 * Where a selection lies in the text that `root` draws. The text stands in elements with `data-at`, the place (UTF-16)
 * of their first letter; numbers of remarks between them count for nothing. Undefined when no word of it is selected.
 */
export function spanOf(root: Element, range: Range): Span | undefined {
	let span: Span | undefined;
	for (const element of root.querySelectorAll<HTMLElement>('[data-at]')) {
		const node = element.firstChild;
		if (!node || !range.intersectsNode(node)) continue;
		const at = Number(element.dataset.at);
		const length = node.textContent?.length ?? 0;
		const start = range.startContainer === node ? range.startOffset : 0;
		const end = range.endContainer === node ? range.endOffset : length;
		if (end <= start) continue;
		span = { start: span?.start ?? at + start, end: at + end };
	}
	return span;
}
