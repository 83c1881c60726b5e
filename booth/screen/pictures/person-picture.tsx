import { Picture } from "./picture.tsx";

export type PersonPose =
  | "still"
  | "closer"
  | "farther"
  | "left"
  | "right"
  | "up"
  | "down"
  | "glasses"
  | "mouth"
  | "eyes"
  | "light"
  | "turn-left"
  | "turn-right"
  | "close-eyes"
  | "done";

function Head({ pose }: { pose: PersonPose }) {
  return (
    <g className="person">
      <path
        className="body"
        d="M92 400 C96 312 158 288 206 278 L206 236 L274 236 L274 278 C322 288 384 312 388 400 Z"
      />
      <path className="collar" d="M204 280 L240 316 L276 280" />
      <g className="head">
        <path
          className="hair-back"
          d="M150 172 C136 66 196 44 240 44 C284 44 344 66 330 172 C326 196 322 206 314 214 L166 214 C158 206 154 196 150 172 Z"
        />
        <ellipse className="ear" cx="160" cy="172" rx="13" ry="22" />
        <ellipse className="ear" cx="320" cy="172" rx="13" ry="22" />
        <path
          className="skin"
          d="M162 150 C162 98 196 82 240 82 C284 82 318 98 318 150 C318 216 286 264 240 264 C194 264 162 216 162 150 Z"
        />
        <path
          className="hair"
          d="M158 156 C154 96 190 62 240 62 C290 62 326 96 322 156 C308 142 300 122 296 110 C270 122 220 124 186 108 C182 124 172 142 158 156 Z"
        />
        <g className="face-marks">
          <path d="M190 150 C198 143 210 143 218 149 M262 149 C270 143 282 143 290 150" />
          {pose === "eyes" || pose === "close-eyes" ? (
            <path className="meant-mark lids" d="M192 172 C200 180 210 180 216 172 M264 172 C270 180 280 180 288 172" />
          ) : null}
          {pose === "eyes" ? null : (
            <g className="open-eyes">
              <circle className="eye" cx="204" cy="170" r="7" />
              <circle className="eye" cx="276" cy="170" r="7" />
            </g>
          )}
          <path d="M240 172 L234 202 L246 204" />
          {pose === "mouth" ? (
            <ellipse className="meant-mark" cx="240" cy="230" rx="15" ry="10" />
          ) : (
            <path d="M218 229 L262 229" />
          )}
        </g>
        {pose === "glasses" && (
          <g className="meant-mark glasses">
            <circle cx="204" cy="170" r="27" />
            <circle cx="276" cy="170" r="27" />
            <path d="M231 166 L249 166 M177 166 L162 160 M303 166 L318 160" />
          </g>
        )}
      </g>
    </g>
  );
}

const ARROWS: Partial<Record<PersonPose, string>> = {
  left: "M120 60 C100 90 92 120 92 152 M92 152 L72 130 M92 152 L116 134",
  "turn-left": "M214 26 C160 22 112 44 96 92 M96 92 L80 66 M96 92 L120 74",
  "turn-right": "M266 26 C320 22 368 44 384 92 M384 92 L400 66 M384 92 L360 74",
  right: "M360 60 C380 90 388 120 388 152 M388 152 L408 130 M388 152 L364 134",
  up: "M404 210 L404 96 M404 96 L380 122 M404 96 L428 122",
  down: "M404 96 L404 210 M404 210 L380 184 M404 210 L428 184",
};

/** A person before the camera who does what the hint says. */
export function PersonPicture({ pose }: { pose: PersonPose }) {
  const arrow = ARROWS[pose];
  return (
    <Picture phase={pose}>
      <ellipse className="guide-oval" cx="240" cy="170" rx="122" ry="150" />
      <Head pose={pose} />
      {arrow && <path className="arrow" d={arrow} />}
      {pose === "done" && <path className="tick" d="M346 300 L382 336 L446 258" />}
      {pose === "light" && (
        <g className="lamp">
          <circle cx="404" cy="70" r="24" />
          <path d="M404 28 L404 14 M404 112 L404 126 M362 70 L348 70 M446 70 L460 70 M374 40 L364 30 M434 40 L444 30 M374 100 L364 110 M434 100 L444 110" />
        </g>
      )}
    </Picture>
  );
}

/** A person who walks up to the booth: the welcome page. */
export function WelcomePicture() {
  return (
    <Picture>
      <rect className="device" x="238" y="26" width="214" height="340" rx="22" />
      <rect className="booth-inside" x="262" y="52" width="166" height="288" rx="10" />
      <rect className="booth-screen" x="352" y="126" width="62" height="92" rx="8" />
      <circle className="meant-dot" cx="383" cy="104" r="9" />
      <path className="booth-shelf" d="M344 236 L424 236" />
      <path className="floor" d="M20 366 L460 366" />
      <g className="walker">
        <circle className="skin" cx="130" cy="120" r="38" />
        <path
          className="hair"
          d="M92 116 C90 86 112 74 132 74 C156 74 172 92 168 118 C150 110 140 104 128 98 C118 108 106 114 92 116 Z"
        />
        <path className="leg" d="M110 286 L108 362 M150 286 L152 362" />
        <path className="body" d="M80 300 L80 222 C80 186 102 168 130 168 C158 168 180 186 180 222 L180 300 Z" />
        <path className="arm" d="M168 206 L214 232" />
        <rect className="meant-body" x="200" y="196" width="38" height="52" rx="5" transform="rotate(14 219 222)" />
      </g>
    </Picture>
  );
}
