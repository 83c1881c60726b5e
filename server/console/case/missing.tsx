import { Icon } from "../frame/icon.tsx";

/** In the place of a picture that there is not. */
export function Missing({ icon, text }: { icon: string; text: string }) {
  return (
    <p className="missing">
      <Icon name={icon} />
      {text}
    </p>
  );
}
