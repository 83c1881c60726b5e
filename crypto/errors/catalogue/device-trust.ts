import { errorTexts } from "./entry.ts";

/** Trust in captures, and keys that follow each other: the time of sealing, the booth's key, hot-lists and certificates of devices. */
export const deviceTrustErrors = errorTexts({
  "hot-list/malformed": {
    cause: { en: "This is no hot-list of devices: {reason}.", ru: "Это не стоп-лист устройств: {reason}." },
    next: {
      en: "Correct it as docs/formats/device.md says, and propose it again.",
      ru: "Исправьте его по docs/formats/device.md и предложите снова.",
    },
  },
  "review/booth-unregistered": {
    cause: {
      en: "The booth's certificate is not in this server's register, so nobody here knows whether it was taken back.",
      ru: "Сертификата кабины нет в реестре этого сервера: здесь неизвестно, не отозван ли он.",
    },
    next: {
      en: "Keep the register on the server that judges packages, or ask the security officer.",
      ru: "Держите реестр на сервере, который проверяет пакеты, или спросите офицера безопасности.",
    },
  },
  "review/sealed-after-revocation": {
    cause: {
      en: "The booth sealed this after the moment from which its key is not believed.",
      ru: "Кабина запечатала это после момента, с которого её ключу не верят.",
    },
    next: {
      en: "Do not accept it. Ask the security officer, and invite the person again.",
      ru: "Не принимайте. Обратитесь к офицеру безопасности и пригласите человека снова.",
    },
  },
  "review/look-again": {
    cause: {
      en: "The booth's key was taken back. This claims to be older, but nothing proves that it existed before.",
      ru: "Ключ кабины отозван. Пакет заявлен как более ранний, но ничто не доказывает, что он тогда существовал.",
    },
    next: {
      en: "Look at it again: ask the person whether they were there that day, and compare a fresh finger.",
      ru: "Проверьте заново: спросите человека, был ли он там в тот день, и сравните свежий отпечаток.",
    },
  },
  "review/chain-forked": {
    cause: {
      en: "Another package stands at this one's place in the booth's line: two hold its key, or the booth was set back.",
      ru: "На этом месте в цепочке кабины есть другой пакет: её ключ у двоих, или кабину откатили назад.",
    },
    next: {
      en: "Escalate, and tell the security officer: the booth's key may be copied.",
      ru: "Передайте старшему и сообщите офицеру безопасности: ключ кабины мог быть скопирован.",
    },
  },
  "review/chain-second": {
    cause: {
      en: "The same key has signed another line of packages: it was copied, or the booth has lost its place.",
      ru: "Тот же ключ подписал и другую цепочку пакетов: он скопирован, или кабина потеряла своё место.",
    },
    next: {
      en: "Ask the security officer whether the booth was restored; if not, its key must be taken back.",
      ru: "Спросите офицера безопасности, восстанавливали ли кабину; если нет, её ключ надо отозвать.",
    },
  },
  "security/nothing-seen": {
    cause: { en: "{booth} has told of nothing to see to.", ru: "{booth} ни о чём таком не сообщала." },
    next: { en: "Load the page again.", ru: "Загрузите страницу заново." },
  },
  "security/own-decision": {
    cause: { en: "You have decided this case yourself.", ru: "Это дело решали вы сами." },
    next: { en: "Another supervisor must look at it.", ru: "Проверить его должен другой старший оператор." },
  },
  "security/not-decided": {
    cause: { en: "{case} has no decision that stands.", ru: "По делу {case} нет действующего решения." },
    next: {
      en: "Decide it in the queue; that says that it was looked at.",
      ru: "Примите решение в очереди: этим дело и будет проверено.",
    },
  },
  "security/nothing-to-close": {
    cause: { en: "Case {case} is not to be looked at again.", ru: "Дело {case} не требует повторной проверки." },
    next: { en: "Load the list again.", ru: "Загрузите список заново." },
  },
  "device/hot-listed": {
    cause: {
      en: "{device} is on the hot-list ({entry}: {reason}). The booth does not use it.",
      ru: "{device} в стоп-листе ({entry}: {reason}). Кабина его не использует.",
    },
    next: {
      en: "Connect another device, and give this one to the security officer.",
      ru: "Подключите другое устройство, а это передайте офицеру безопасности.",
    },
  },
  "device/not-in-profile": {
    cause: {
      en: "{device} is none of the devices that this booth's profile allows ({kind}).",
      ru: "{device} не входит в устройства, разрешённые профилем кабины ({kind}).",
    },
    next: {
      en: "Connect a device that it allows, or have the booth's profile made anew: kabina office add.",
      ru: "Подключите разрешённое устройство или закажите новый профиль: kabina office add.",
    },
  },
  "capture/malformed": {
    cause: { en: "A device's signature is not in its form.", ru: "Подпись устройства имеет неверный формат." },
    next: {
      en: "Do not trust this capture; report the device.",
      ru: "Не доверяйте этому снимку; сообщите об устройстве.",
    },
  },
  "capture/signature-invalid": {
    cause: { en: "A device's signature is wrong.", ru: "Подпись устройства неверна." },
    next: {
      en: "Do not trust this capture; report the device.",
      ru: "Не доверяйте этому снимку; сообщите об устройстве.",
    },
  },
  "capture/other-device": {
    cause: {
      en: "The signature names another device than its certificate does.",
      ru: "В подписи названо другое устройство, чем в сертификате.",
    },
    next: {
      en: "Do not trust this capture; report the device.",
      ru: "Не доверяйте этому снимку; сообщите об устройстве.",
    },
  },
  "capture/other-content": {
    cause: {
      en: "What the device signed is not what is here: it was changed or exchanged.",
      ru: "Устройство подписало не то, что здесь лежит: снимок изменён или подменён.",
    },
    next: {
      en: "Escalate: between the sensor and the package something else was put in.",
      ru: "Передайте старшему: между датчиком и пакетом что-то подменили.",
    },
  },
  "capture/other-session": {
    cause: {
      en: "The device signed this for another session: it is an older capture.",
      ru: "Устройство подписало это для другого сеанса: снимок старый.",
    },
    next: {
      en: "Escalate: a capture of another session was put in.",
      ru: "Передайте старшему: вложен снимок другого сеанса.",
    },
  },
  "review/device-uncertified": {
    cause: {
      en: "A capture comes from a device without a certificate: nobody can prove which one.",
      ru: "Снимок сделан устройством без сертификата: нельзя доказать, каким именно.",
    },
    next: {
      en: "Usual where sensors have none yet; otherwise ask the engineer which device is connected.",
      ru: "Обычно, если у датчиков ещё нет сертификатов; иначе спросите инженера, что подключено.",
    },
  },
  "review/capture-unsigned": {
    cause: {
      en: "The booth says that its device signs, but a capture is not signed.",
      ru: "По словам кабины, устройство подписывает, но снимок не подписан.",
    },
    next: {
      en: "Escalate: the capture may not come from the sensor.",
      ru: "Передайте старшему: снимок может быть не с датчика.",
    },
  },
  "review/capture-time": {
    cause: {
      en: "The device signed this at another time than the session's.",
      ru: "Устройство подписало это не во время сеанса.",
    },
    next: {
      en: "Escalate, and have the device's clock checked.",
      ru: "Передайте старшему и проверьте часы устройства.",
    },
  },
  "review/device-revoked": {
    cause: {
      en: "The device's certificate was taken back for the time of this capture, or may have been.",
      ru: "Сертификат устройства на время снимка отозван или мог быть отозван.",
    },
    next: {
      en: "Do not accept it unless a fresh finger agrees; ask the security officer.",
      ru: "Не принимайте, пока не совпадёт свежий отпечаток; спросите офицера безопасности.",
    },
  },
  "review/device-hot-listed": {
    cause: { en: "The device was on the hot-list then.", ru: "Устройство тогда было в стоп-листе." },
    next: {
      en: "Do not accept it unless a fresh finger agrees; ask the security officer.",
      ru: "Не принимайте, пока не совпадёт свежий отпечаток; спросите офицера безопасности.",
    },
  },
  "review/device-not-bound": {
    cause: {
      en: "The booth's profile does not allow this device.",
      ru: "Профиль кабины не разрешает это устройство.",
    },
    next: {
      en: "Ask the security officer whether the device was moved; the profile must say so.",
      ru: "Спросите офицера безопасности, переносили ли устройство; это должно быть в профиле.",
    },
  },
  "review/policy-unknown": {
    cause: {
      en: "The session ran under a policy that the officers of this server had not signed by then.",
      ru: "Сеанс шёл по политике, которую офицеры этого сервера к тому времени не подписывали.",
    },
    next: {
      en: "Ask the security officer which policy the booth has; its limits may have been others.",
      ru: "Спросите офицера безопасности, какая политика в кабине: её пределы могли быть другими.",
    },
  },
  "review/policy-old": {
    cause: {
      en: "The session ran under a policy that had been replaced for longer than a booth may miss.",
      ru: "Сеанс шёл по политике, которую заменили раньше, чем кабина вправе этого не знать.",
    },
    next: {
      en: "Bring the booth its updates (kabina policy box), and look at the captures by today's limits.",
      ru: "Доставьте кабине обновления (kabina policy box) и проверьте снимки по нынешним пределам.",
    },
  },
  "review/policy-unsigned": {
    cause: {
      en: "No policy was signed at this server, and the booth used another than the built-in one.",
      ru: "На этом сервере политика не подписана, а кабина работала не по встроенной.",
    },
    next: {
      en: "Usual in tests and trials; otherwise have two officers sign a policy.",
      ru: "Обычно при испытаниях; иначе пусть два офицера подпишут политику.",
    },
  },
  "rotation/under-way": {
    cause: {
      en: "Somebody else is replacing a key here at this moment (process {pid}).",
      ru: "Здесь в эту минуту ключ меняет кто-то другой (процесс {pid}).",
    },
    next: {
      en: "Wait until it is done, and look: kabina pki keys.",
      ru: "Дождитесь конца и посмотрите: kabina pki keys.",
    },
  },
  "rotation/kind": {
    cause: {
      en: "There is no key “{kind}” to replace here: {allowed}.",
      ru: "Здесь нет ключа «{kind}» для замены: {allowed}.",
    },
    next: {
      en: "Name one of these, or all that are due with --due.",
      ru: "Назовите один из них или все, которым подошёл срок: --due.",
    },
  },
  "rotation/rehearsal-failed": {
    cause: {
      en: "The rehearsal for {kind} failed ({reason}): the old key goes on.",
      ru: "Репетиция для «{kind}» не удалась ({reason}): работает прежний ключ.",
    },
    next: {
      en: "Nothing was switched. Find out why, and rehearse again.",
      ru: "Ничего не переключено. Выясните причину и повторите репетицию.",
    },
  },
  "profile/too-large": {
    cause: {
      en: "The profile needs {codes} QR codes; {limit} are the most.",
      ru: "Профилю нужно {codes} QR-кодов; не больше {limit}.",
    },
    next: {
      en: "Bring it as a file, or name fewer devices in it.",
      ru: "Принесите его файлом или назовите в нём меньше устройств.",
    },
  },
  "profile/codes-mixed": {
    cause: { en: "The codes are of two different profiles.", ru: "Коды относятся к двум разным профилям." },
    next: { en: "Show the codes of one sheet only.", ru: "Показывайте коды только одного листа." },
  },
  "profile/codes-damaged": {
    cause: { en: "The codes do not make a whole profile.", ru: "Из кодов не складывается целый профиль." },
    next: {
      en: "Print the sheet again, or bring the profile as a file.",
      ru: "Распечатайте лист заново или принесите профиль файлом.",
    },
  },
  "profile/codes-missing": {
    cause: { en: "{here} of {of} codes of the profile were seen.", ru: "Увидено кодов профиля: {here} из {of}." },
    next: {
      en: "Show every code of the sheet, flat, whole and sharp; or bring the profile as a file.",
      ru: "Покажите каждый код листа ровно, целиком и резко; или принесите профиль файлом.",
    },
  },
  "profile/picture-unreadable": {
    cause: { en: "This is no picture that can be read.", ru: "Это не изображение, которое можно прочитать." },
    next: { en: "Give a PNG or JPEG of the profile's codes.", ru: "Дайте PNG или JPEG с кодами профиля." },
  },
});
