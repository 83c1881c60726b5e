import { Component, type ReactNode } from "react";
import { FaultPage } from "./trouble-pages.tsx";

/** A fault of the screen itself: the session lives in the booth, so showing the page again is enough. */
export class FaultBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    return this.state.failed ? <FaultPage /> : this.props.children;
  }
}
