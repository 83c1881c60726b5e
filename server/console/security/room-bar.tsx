import { ActionButton } from "../frame/action-button.tsx";
import { useTexts } from "../texts/use-texts.ts";

const ROOMS = ["overview", "again", "officers", "policy"] as const;
export type Room = (typeof ROOMS)[number];

interface RoomBarProps {
  room: Room;
  /** What waits in a room. */
  waiting: Partial<Record<Room, number>>;
  onRoom: (room: Room) => void;
}

/** The officer's rooms, each with how many things wait in it. */
export function RoomBar({ room, waiting, onRoom }: RoomBarProps) {
  const { t } = useTexts();
  return (
    <nav className="room-bar" aria-label={t("rooms.label")}>
      {ROOMS.map((one) => (
        <ActionButton key={one} kind="quiet" name={one} pressed={one === room} onPress={() => onRoom(one)}>
          {t(`rooms.${one}`)}
          {(waiting[one] ?? 0) > 0 && <span className="room-count"> {waiting[one]}</span>}
        </ActionButton>
      ))}
    </nav>
  );
}
