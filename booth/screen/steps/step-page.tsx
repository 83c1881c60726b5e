import { ConfirmPage } from "./confirm-page.tsx";
import { ConsentPage } from "./consent-page.tsx";
import { DocumentPage } from "./document-page.tsx";
import { FacePage } from "./face-page.tsx";
import { FingersPage } from "./fingers-page.tsx";
import { ReceiptPage } from "./receipt-page.tsx";
import { ResumePage } from "./resume-page.tsx";
import { ReviewPage } from "./review-page.tsx";
import { SealPage } from "./seal-page.tsx";
import { SignaturePage } from "./signature-page.tsx";
import { SlipPage } from "./slip-page.tsx";
import type { StepProps } from "./step.ts";
import { VerdictPage } from "./verdict-page.tsx";
import { WelcomePage } from "./welcome-page.tsx";
import { WipePage } from "./wipe-page.tsx";

/** The page of the step that the booth is at. */
export function StepPage(props: Omit<StepProps<"welcome">, "view">) {
  const view = props.state.view;
  switch (view.step) {
    case "welcome":
      return <WelcomePage {...props} view={view} />;
    case "resume":
      return <ResumePage {...props} view={view} />;
    case "consent":
      return <ConsentPage {...props} view={view} />;
    case "slip":
      return <SlipPage {...props} view={view} />;
    case "document":
      return <DocumentPage {...props} view={view} />;
    case "confirm":
      return <ConfirmPage {...props} view={view} />;
    case "face":
      return <FacePage {...props} view={view} />;
    case "fingers":
      return <FingersPage {...props} view={view} />;
    case "signature":
      return <SignaturePage {...props} view={view} />;
    case "review":
      return <ReviewPage {...props} view={view} />;
    case "seal":
      return <SealPage {...props} view={view} />;
    case "receipt":
      return <ReceiptPage {...props} view={view} />;
    case "verdict":
      return <VerdictPage {...props} view={view} />;
    case "wipe":
      return <WipePage {...props} view={view} />;
  }
}
