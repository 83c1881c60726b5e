import { Icon } from "../frame/icon.tsx";
import { useTexts } from "../texts/use-texts.ts";

interface KeypadProps {
  label: string;
  onKey: (key: string) => void;
  onErase: () => void;
}

/** Keys must not take the focus from the field that they type into. */
const keepFocus = (event: { preventDefault(): void }) => event.preventDefault();

/** Ten figures, as on a telephone. */
export function Keypad({ label, onKey, onErase }: KeypadProps) {
  const { t } = useTexts();
  return (
    <fieldset className="keypad">
      <legend className="unseen">{label}</legend>
      {["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((key) => (
        <button key={key} type="button" className="key" onMouseDown={keepFocus} onClick={() => onKey(key)}>
          {key}
        </button>
      ))}
      <span />
      <button type="button" className="key" onMouseDown={keepFocus} onClick={() => onKey("0")}>
        0
      </button>
      <button type="button" className="key" onMouseDown={keepFocus} onClick={onErase} aria-label={t("slip.erase")}>
        <Icon name="erase" />
      </button>
    </fieldset>
  );
}

const ROWS = ["1234567890", "QWERTYUIOP", "ASDFGHJKL<", "ZXCVBNM"];

interface KeyboardProps extends KeypadProps {
  onFill: () => void;
}

/** The letters, figures and filler of a machine-readable zone. */
export function MrzKeyboard({ label, onKey, onErase, onFill }: KeyboardProps) {
  const { t } = useTexts();
  return (
    <fieldset className="keyboard">
      <legend className="unseen">{label}</legend>
      {ROWS.map((row) => (
        <div key={row} className="keyboard-row">
          {[...row].map((key) => (
            <button key={key} type="button" className="key" onMouseDown={keepFocus} onClick={() => onKey(key)}>
              {key}
            </button>
          ))}
          {row.startsWith("Z") && (
            <>
              <button type="button" className="key wide" onMouseDown={keepFocus} onClick={onFill}>
                {t("document.fill")}
              </button>
              <button
                type="button"
                className="key"
                onMouseDown={keepFocus}
                onClick={onErase}
                aria-label={t("document.erase")}
              >
                <Icon name="erase" />
              </button>
            </>
          )}
        </div>
      ))}
    </fieldset>
  );
}
