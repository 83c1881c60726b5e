import { errorTexts } from "./entry.ts";

export const devicesErrors = errorTexts({
  "device/absent": {
    cause: { en: "A device is not connected: {kind}.", ru: "Не подключено устройство: {kind}." },
    next: {
      en: "Connect it; the booth finds it by itself.",
      ru: "Подключите его: кабина найдёт его сама.",
    },
  },
  "device/no-camera": {
    cause: { en: "No camera is connected.", ru: "Камера не подключена." },
    next: {
      en: "Connect one; the booth finds it by itself. A browser's own camera works too.",
      ru: "Подключите камеру: кабина найдёт её сама. Подойдёт и камера браузера.",
    },
  },
  "device/no-fingerprint-sensor": {
    cause: { en: "No fingerprint sensor is connected.", ru: "Сканер отпечатков не подключён." },
    next: {
      en: "Connect one that libfprint supports; the booth finds it by itself.",
      ru: "Подключите сканер, который поддерживает libfprint: кабина найдёт его сама.",
    },
  },
  "device/no-card-reader": {
    cause: { en: "No card reader is connected.", ru: "Считыватель документов не подключён." },
    next: { en: "Connect one; the booth finds it by itself.", ru: "Подключите его: кабина найдёт его сама." },
  },
  "device/no-scanner": {
    cause: { en: "No scanner is connected.", ru: "Сканер не подключён." },
    next: { en: "Connect one; the booth finds it by itself.", ru: "Подключите его: кабина найдёт его сама." },
  },
  "device/no-signature-pad": {
    cause: { en: "No signature pad is connected.", ru: "Планшет для подписи не подключён." },
    next: { en: "Sign on the screen, or connect a pad.", ru: "Подпишите на экране или подключите планшет." },
  },
  "device/no-printer": {
    cause: { en: "No printer is connected.", ru: "Принтер не подключён." },
    next: {
      en: "The slip is shown on the screen; connect a printer for paper.",
      ru: "Талон показан на экране; для бумаги подключите принтер.",
    },
  },
  "device/unplugged": {
    cause: { en: "{device} was disconnected while in use.", ru: "{device}: устройство отключили во время работы." },
    next: {
      en: "Check its cable; the booth goes on as soon as it is back.",
      ru: "Проверьте кабель: кабина продолжит, как только устройство вернётся.",
    },
  },
  "device/timeout": {
    cause: { en: "{device}: nothing came within {seconds} s.", ru: "{device}: ничего не поступило за {seconds} с." },
    next: { en: "Try again.", ru: "Попробуйте ещё раз." },
  },
  "device/busy": {
    cause: { en: "{device} is in use already.", ru: "{device}: устройство уже занято." },
    next: {
      en: "Wait until it is free, or close the other program that uses it.",
      ru: "Подождите, пока оно освободится, или закройте другую программу, которая его использует.",
    },
  },
  "device/hung": {
    cause: {
      en: "{device} stopped answering and was given up.",
      ru: "{device}: устройство перестало отвечать и было остановлено.",
    },
    next: {
      en: "The booth opens it again by itself; if that fails, unplug it and plug it in again.",
      ru: "Кабина откроет его снова сама; если не получится, отключите и снова подключите его.",
    },
  },
  "device/permission": {
    cause: {
      en: "The system does not let the booth use {device}.",
      ru: "Система не разрешает кабине использовать {device}.",
    },
    next: {
      en: "Put the booth's user into the group that owns {path}, then start the booth again.",
      ru: "Добавьте пользователя кабины в группу-владельца {path} и перезапустите кабину.",
    },
  },
  "device/driver-missing": {
    cause: {
      en: "The driver {driver} needs {needs}, which is not here.",
      ru: "Драйверу {driver} нужно то, чего нет: {needs}.",
    },
    next: { en: "Install it: {install}", ru: "Установите: {install}" },
  },
  "device/open-failed": {
    cause: { en: "{device} could not be opened: {reason}.", ru: "{device}: не удалось открыть устройство: {reason}." },
    next: {
      en: "Unplug it and plug it in again; if that does not help, run `kabina doctor`.",
      ru: "Отключите и снова подключите его; если не поможет, выполните `kabina doctor`.",
    },
  },
  "device/cancelled": {
    cause: { en: "{device}: the booth stopped waiting.", ru: "{device}: кабина прекратила ожидание." },
    next: { en: "Start the step again when ready.", ru: "Начните этот шаг заново, когда будете готовы." },
  },
  "device/closed": {
    cause: { en: "{device} was closed.", ru: "{device}: устройство закрыто." },
    next: { en: "Open it again.", ru: "Откройте его снова." },
  },
  "device/unsupported": {
    cause: { en: "{device} cannot do this: {operation}.", ru: "{device}: устройство этого не умеет: {operation}." },
    next: { en: "Use another device for it.", ru: "Используйте для этого другое устройство." },
  },
  "device/bad-data": {
    cause: {
      en: "{device} sent something unreadable: {reason}.",
      ru: "{device}: получены нечитаемые данные: {reason}.",
    },
    next: {
      en: "Try again; if it goes on, check the device's cable and settings.",
      ru: "Попробуйте ещё раз; если повторяется, проверьте кабель и настройки устройства.",
    },
  },
  "device/too-large": {
    cause: {
      en: "{device} sent more than the {limit} bytes that are allowed.",
      ru: "{device}: получено больше допустимых {limit} байт.",
    },
    next: { en: "Check the device's settings.", ru: "Проверьте настройки устройства." },
  },
  "device/retry": {
    cause: { en: "{device} could not take the print ({reason}).", ru: "{device}: отпечаток не снят ({reason})." },
    next: { en: "Lift the finger and place it again.", ru: "Поднимите палец и приложите его снова." },
  },
  "device/frozen": {
    cause: { en: "{device}: the picture has stopped.", ru: "{device}: изображение остановилось." },
    next: {
      en: "The booth opens the camera again by itself; if that fails, check its cable.",
      ru: "Кабина откроет камеру снова сама; если не получится, проверьте кабель.",
    },
  },
  "device/black": {
    cause: { en: "{device}: the picture is black.", ru: "{device}: изображение чёрное." },
    next: { en: "Uncover the lens and check the lamp.", ru: "Откройте объектив и проверьте лампу." },
  },
  "device/resolution-changed": {
    cause: {
      en: "{device} changed its picture's size to {width} × {height}.",
      ru: "{device}: размер изображения изменился на {width} × {height}.",
    },
    next: { en: "Check the camera's settings.", ru: "Проверьте настройки камеры." },
  },
  "device/card-removed": {
    cause: {
      en: "The document was taken off the reader before it was read.",
      ru: "Документ сняли со считывателя до окончания чтения.",
    },
    next: {
      en: "Put it back on the reader and leave it there.",
      ru: "Положите его обратно на считыватель и не снимайте.",
    },
  },
  "device/card-mute": {
    cause: { en: "The chip on {device} does not answer.", ru: "{device}: чип не отвечает." },
    next: {
      en: "Turn the document over or move it a little on the reader.",
      ru: "Переверните документ или немного сдвиньте его на считывателе.",
    },
  },
  "device/service-down": {
    cause: { en: "The system service {service} is not running.", ru: "Не запущена системная служба {service}." },
    next: { en: "Start it: {start}", ru: "Запустите её: {start}" },
  },
});
