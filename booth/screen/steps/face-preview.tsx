import type { RefObject } from "react";
import type { ViewOf } from "../../api/messages.ts";
import type { CameraState } from "../link/browser-camera.ts";
import { useTexts } from "../texts/use-texts.ts";

/** The outline is a little larger than the head that belongs in the target, and a head is this much narrower than tall. */
const OVAL_MARGIN = 1.06;
const HEAD_WIDTH_TO_HEIGHT = 0.74;

interface FacePreviewProps {
  view: ViewOf<"face">;
  video: RefObject<HTMLVideoElement | null>;
  camera: CameraState;
}

/**
 * The live picture as in a mirror, with the outline where the head belongs. The outline's colour and its filling ring say what
 * the hint says in words: looking, not yet, hold still.
 */
export function FacePreview({ view, video, camera }: FacePreviewProps) {
  const { t } = useTexts();
  const { preview, target } = view;
  const width = preview.width || 640;
  const height = preview.height || 480;
  const centre = { x: (target.x + target.width / 2) * width, y: (target.y + target.height / 2) * height };
  const ry = (target.height * height * OVAL_MARGIN) / 2;
  const oval = { rx: ry * HEAD_WIDTH_TO_HEIGHT, ry };
  const shown =
    preview.source === "none"
      ? t("face.noCamera")
      : preview.source === "browser" && camera === "denied"
        ? t("face.denied")
        : preview.source === "browser" && camera === "asking"
          ? t("face.waitingCamera")
          : null;
  return (
    <div className="preview" data-outline={view.outline}>
      <div className="preview-picture" data-mirror={preview.mirror ? "" : undefined}>
        {preview.source === "mjpeg" && preview.url && <img src={preview.url} alt={t("face.preview")} />}
        {preview.source === "browser" && <video ref={video} muted playsInline aria-label={t("face.preview")} />}
      </div>
      {shown ? (
        <p className="preview-message">{shown}</p>
      ) : (
        <svg
          className="preview-outline"
          data-mirror={preview.mirror ? "" : undefined}
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="xMidYMid slice"
          aria-hidden="true"
        >
          <mask id="around">
            <rect width={width} height={height} fill="white" />
            <ellipse cx={centre.x} cy={centre.y} rx={oval.rx} ry={oval.ry} fill="black" />
          </mask>
          <rect className="preview-shade" width={width} height={height} mask="url(#around)" />
          <ellipse className="oval" cx={centre.x} cy={centre.y} rx={oval.rx} ry={oval.ry} strokeWidth={height / 75} />
          {view.hold > 0 && (
            <path
              className="oval-hold"
              d={`M${centre.x} ${centre.y - oval.ry}a${oval.rx} ${oval.ry} 0 1 1 -0.01 0`}
              pathLength={1}
              strokeWidth={height / 36}
              strokeDasharray={`${view.hold} 1`}
            />
          )}
        </svg>
      )}
    </div>
  );
}
