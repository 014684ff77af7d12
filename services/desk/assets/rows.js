// Lists that follow what the server says, touching nothing that stays as it is. However many there are, the first ones are
// shown and the rest is a number: nobody reads two thousand rows, and no browser draws them in time.

import { put, say } from "./kit.js";

/** No list shows more: beyond, what the browser lays out anew at each change holds the page up. */
const MOST = 150;

const same = (one, other, fields) => fields.every((field) => one[field] === other[field]);

/**
 * A list whose elements are kept by key. `make(item)` builds an element with a method `fill(item)`; `fields` are those whose
 * change means that it is filled anew.
 */
export class Rows {
  constructor(place, { key, make, fields, shown, more, all, none }) {
    Object.assign(this, { place, key, make, fields, shown, more, all, none });
    this.kept = new Map();
    this.items = [];
    this.total = 0;
    this.all?.addEventListener("click", () => {
      this.shown = Math.min(MOST, this.shown + 100);
      this.draw();
    });
  }

  /** Shows these, in this order; `total` is how many there are in all. */
  set(items, total = items.length) {
    this.items = items;
    this.total = total;
    this.draw();
  }

  draw() {
    const items = this.items.slice(0, this.shown);
    const keys = new Set(items.map(this.key));
    // What goes first: then what is behind it is in its place already.
    for (const [key, row] of this.kept) {
      if (keys.has(key)) continue;
      // Whoever stands there with the keyboard finds themself at the list, and not at the top of the page.
      if (row.node.contains(document.activeElement)) this.place.closest("[tabindex]")?.focus();
      row.node.remove();
      this.kept.delete(key);
    }
    let at = this.place.firstElementChild;
    for (const item of items) {
      const key = this.key(item);
      let row = this.kept.get(key);
      if (!row) {
        row = this.make(item);
        row.fill(item);
        row.item = item;
        this.kept.set(key, row);
      } else if (!same(row.item, item, this.fields)) {
        row.fill(item);
        row.item = item;
      }
      if (row.node === at) at = at.nextElementSibling;
      else this.place.insertBefore(row.node, at);
    }
    const rest = this.total - items.length;
    if (this.more) put(this.more, rest > 0 ? say("say-more", { count: rest }) : "");
    if (this.all) this.all.hidden = this.shown >= MOST || this.items.length <= this.shown;
    if (this.none) this.none.hidden = this.total > 0;
  }

  /** Lets every row that is shown bring its clock up to date. */
  tick() {
    for (const row of this.kept.values()) row.tick?.();
  }
}
