/** What a booth or a server trusts, as one handle that stays while roots and authorities behind it follow each other. */
import type { Trust } from "./trust.ts";

export class RenewableTrust implements Trust {
  #trust: Trust;

  constructor(trust: Trust) {
    this.#trust = trust;
  }

  /** What is trusted from now on. */
  replace(trust: Trust): void {
    const { root, booths, servers, former, recipients } = trust;
    this.#trust = { root, booths, servers, former, recipients };
  }

  get root() {
    return this.#trust.root;
  }
  get booths() {
    return this.#trust.booths;
  }
  get servers() {
    return this.#trust.servers;
  }
  get former() {
    return this.#trust.former;
  }
  get recipients() {
    return this.#trust.recipients;
  }
}
