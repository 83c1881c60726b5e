import { errorTexts } from "./entry.ts";

export const boothErrors = errorTexts({
  "pickup/chip-unread": {
    cause: { en: "The passport's chip could not be read.", ru: "Чип паспорта не удалось прочитать." },
    next: {
      en: "Take the passport to the desk: a passport whose chip is dead is not handed over.",
      ru: "Подойдите с паспортом к сотруднику: паспорт с неработающим чипом не выдают.",
    },
  },
  "pickup/order-unreachable": {
    cause: {
      en: "The passport was not compared with its order, because the server does not answer ({reason}).",
      ru: "Паспорт не сверен с заказом: сервер не отвечает ({reason}).",
    },
    next: {
      en: "The desk compares it with the order.",
      ru: "С заказом его сверит сотрудник.",
    },
  },
  "pickup/order-unasked": {
    cause: {
      en: "The passport was not compared with its order, because the server refused the question ({reason}).",
      ru: "Паспорт не сверен с заказом: сервер не принял вопрос ({reason}).",
    },
    next: {
      en: "The desk compares it with the order.",
      ru: "С заказом его сверит сотрудник.",
    },
  },
  "pickup/order-unknown": {
    cause: {
      en: "The passport was not compared with its order, because the server holds none with this portrait or these prints.",
      ru: "Паспорт не сверен с заказом: на сервере нет заказа с таким портретом или отпечатками.",
    },
    next: {
      en: "Take the passport to the desk: it was ordered elsewhere, or its data were erased since.",
      ru: "Подойдите с паспортом к сотруднику: его заказали в другом месте, или данные уже стёрты.",
    },
  },
  "device/not-allowed": {
    cause: {
      en: "The policy does not allow the driver {driver} for a device of kind {kind}.",
      ru: "Политика не допускает драйвер {driver} для устройства вида {kind}.",
    },
    next: {
      en: "Connect a device that is allowed, or have two officers change the policy.",
      ru: "Подключите допустимое устройство, или пусть два офицера изменят политику.",
    },
  },
  "journal/disk-full": {
    cause: { en: "The booth's disk is full.", ru: "Диск кабины заполнен." },
    next: {
      en: "Nothing is lost. Call the staff: the booth goes on by itself when there is room again.",
      ru: "Ничего не потеряно. Позовите сотрудника: кабина продолжит сама, когда место освободится.",
    },
  },
  "journal/disk": {
    cause: {
      en: "The booth's disk cannot be written ({reason}).",
      ru: "Не удаётся записать на диск кабины ({reason}).",
    },
    next: {
      en: "Nothing is lost. Call the staff to check the disk.",
      ru: "Ничего не потеряно. Позовите сотрудника, чтобы проверить диск.",
    },
  },
  "journal/disk-silent": {
    cause: { en: "The booth's disk does not answer.", ru: "Диск кабины не отвечает." },
    next: {
      en: "Nothing is lost. Call the staff: the booth goes on by itself when the disk answers again.",
      ru: "Ничего не потеряно. Позовите сотрудника: кабина продолжит сама, когда диск снова ответит.",
    },
  },
  "journal/record-too-large": {
    cause: {
      en: "One capture is larger than the booth keeps ({bytes} of {limit} bytes).",
      ru: "Один снимок больше, чем хранит кабина ({bytes} из {limit} байт).",
    },
    next: { en: "Check the camera's settings.", ru: "Проверьте настройки камеры." },
  },
  "journal/closed": {
    cause: { en: "The session has ended already.", ru: "Сеанс уже завершён." },
    next: { en: "Begin a new session.", ru: "Начните новый сеанс." },
  },
  "session/not-now": {
    cause: { en: "This cannot be done at this step.", ru: "На этом шаге так сделать нельзя." },
    next: { en: "Follow what the screen shows.", ru: "Следуйте указаниям на экране." },
  },
  "session/closed": {
    cause: { en: "The booth is shutting down.", ru: "Кабина завершает работу." },
    next: {
      en: "Wait until it has started again; your session goes on then.",
      ru: "Подождите, пока она запустится снова: сеанс продолжится.",
    },
  },
  "session/event-malformed": {
    cause: {
      en: "The screen sent something that the booth does not understand.",
      ru: "Экран прислал то, чего кабина не понимает.",
    },
    next: { en: "Reload the screen.", ru: "Обновите страницу экрана." },
  },
  "session/in-use": {
    cause: { en: "This booth is in use on another screen.", ru: "Кабина уже используется на другом экране." },
    next: {
      en: "Go on at that screen, or close it; then you can take over here.",
      ru: "Продолжайте на том экране или закройте его: тогда можно будет продолжить здесь.",
    },
  },
  "session/screen-gone": {
    cause: {
      en: "The screen on which this session was begun is gone.",
      ru: "Экран, на котором начат этот сеанс, больше не отвечает.",
    },
    next: { en: "If it is your session, take it over here.", ru: "Если это ваш сеанс, продолжите его здесь." },
  },
  "session/incomplete": {
    cause: { en: "Something is missing from the session: {missing}.", ru: "В сеансе чего-то не хватает: {missing}." },
    next: { en: "Go back and complete it.", ru: "Вернитесь и дополните." },
  },
  "session/picture-missing": {
    cause: { en: "A picture of this session is no longer here.", ru: "Снимка этого сеанса больше нет." },
    next: { en: "Take it again.", ru: "Сделайте его заново." },
  },
  "slip/malformed": {
    cause: { en: "This is not the number or the code of a slip.", ru: "Это не номер и не код талона." },
    next: {
      en: "Type the ten digits as they are printed, or hold the code to the scanner.",
      ru: "Введите десять цифр, как они напечатаны, или поднесите код к сканеру.",
    },
  },
  "slip/unknown": {
    cause: { en: "The booth does not know this slip.", ru: "Кабина не знает этого талона." },
    next: {
      en: "Check the digits; if they are right, ask at the desk for a new slip.",
      ru: "Проверьте цифры; если они верны, возьмите на стойке новый талон.",
    },
  },
  "slip/forged": {
    cause: { en: "This slip was not made by the desk.", ru: "Этот талон выдан не на стойке." },
    next: { en: "Ask at the desk for a slip.", ru: "Возьмите талон на стойке." },
  },
  "slip/issuers-malformed": {
    cause: {
      en: "The list of the keys that sign slips is not in its form; the one before stays in force.",
      ru: "Перечень ключей, которыми подписывают талоны, не по форме; действует прежний.",
    },
    next: {
      en: "Have the security officer look at the desk's file slip-issuers.pem (kabina slip make writes it).",
      ru: "Пусть офицер безопасности проверит файл стойки slip-issuers.pem (его пишет kabina slip make).",
    },
  },
  "slip/expired": {
    cause: { en: "This slip is no longer valid.", ru: "Срок действия талона истёк." },
    next: { en: "Ask at the desk for a new slip.", ru: "Возьмите на стойке новый талон." },
  },
  "slip/not-yet": {
    cause: {
      en: "This slip is dated in the future: the desk's clock or the booth's is wrong.",
      ru: "Талон датирован будущим временем: неверны часы стойки или кабины.",
    },
    next: { en: "Call the staff to check the clocks.", ru: "Позовите сотрудника, чтобы проверить часы." },
  },
  "slip/used": {
    cause: { en: "This slip has been used already.", ru: "Этот талон уже использован." },
    next: { en: "Ask at the desk for a new slip.", ru: "Возьмите на стойке новый талон." },
  },
  "finger/engine-failed": {
    cause: {
      en: "The fingerprint engine failed ({reason}).",
      ru: "Сбой обработки отпечатков ({reason}).",
    },
    next: {
      en: "Place the finger again. If it stays, call the staff.",
      ru: "Приложите палец ещё раз. Если не поможет, позовите сотрудника.",
    },
  },
  "document/page-unreadable": {
    cause: { en: "The page could not be read ({reason}).", ru: "Не удалось прочитать страницу ({reason})." },
    next: {
      en: "Lay it flat on the scanner and try again, or type the lines.",
      ru: "Положите её ровно и повторите или наберите строки.",
    },
  },
  "staff/malformed": {
    cause: {
      en: "A staff number has 3 to 12 digits, a PIN 6 to 12.",
      ru: "Номер сотрудника: от 3 до 12 цифр, ПИН: от 6 до 12.",
    },
    next: { en: "Correct it.", ru: "Исправьте." },
  },
  "staff/unknown": {
    cause: { en: "Number and PIN do not belong together.", ru: "Номер и ПИН не подходят друг к другу." },
    next: {
      en: "Enter them again, or go on without: the operator will look at it.",
      ru: "Введите снова или продолжите без подтверждения: решит оператор.",
    },
  },
  "staff/locked": {
    cause: {
      en: "After too many wrong PINs this is locked for {minutes} minutes.",
      ru: "После многих неверных ПИН-кодов вход закрыт на {minutes} мин.",
    },
    next: { en: "Go on without: the operator will look at it.", ru: "Продолжите без подтверждения: решит оператор." },
  },
  "seal/disk-full": {
    cause: {
      en: "The booth's disk is full: your application cannot be stored yet.",
      ru: "Диск кабины заполнен: заявление пока нельзя сохранить.",
    },
    next: {
      en: "Nothing is lost. Call the staff; the booth tries again by itself.",
      ru: "Ничего не потеряно. Позовите сотрудника; кабина повторит попытку сама.",
    },
  },
  "seal/slow": {
    cause: {
      en: "Storing your application takes unusually long: the booth's disk does not answer.",
      ru: "Заявление сохраняется необычно долго: диск кабины не отвечает.",
    },
    next: {
      en: "Nothing is lost. You may wait, or note the number and go: the booth finishes by itself.",
      ru: "Ничего не потеряно. Можно подождать или записать номер и уйти: кабина закончит сама.",
    },
  },
  "wipe/slow": {
    cause: {
      en: "Erasing takes unusually long: the booth's disk does not answer.",
      ru: "Стирание идёт необычно долго: диск кабины не отвечает.",
    },
    next: {
      en: "You may go. What is on the disk is encrypted and is erased as soon as the disk answers; nobody can begin before that.",
      ru: "Можно уходить. Данные на диске зашифрованы и будут стёрты, как только диск ответит; до этого никто не сможет начать.",
    },
  },
  "seal/failed": {
    cause: {
      en: "Your application could not be sealed ({reason}).",
      ru: "Не удалось запечатать заявление ({reason}).",
    },
    next: {
      en: "Nothing is lost. Call the staff; the booth tries again by itself.",
      ru: "Ничего не потеряно. Позовите сотрудника; кабина повторит попытку сама.",
    },
  },
  "clock/suspect": {
    cause: {
      en: "The booth's clock is wrong: it shows {shown}.",
      ru: "Часы кабины неверны: они показывают {shown}.",
    },
    next: {
      en: "Set the clock; packages sealed now are marked and may be refused.",
      ru: "Установите часы; запечатанные сейчас пакеты помечаются и могут быть не приняты.",
    },
  },
  "booth/cabinet-open": {
    cause: { en: "The booth's cabinet is open.", ru: "Шкаф кабины открыт." },
    next: {
      en: "Wait until whoever works on it has closed it; if nobody does, tell the security officer.",
      ru: "Дождитесь, пока его закроет тот, кто с ним работает; если никого нет, сообщите офицеру безопасности.",
    },
  },
  "booth/already-running": {
    cause: {
      en: "A booth already runs on {folder}: process {pid}.",
      ru: "Кабина уже работает с папкой {folder}: процесс {pid}.",
    },
    next: { en: "Stop it first, or use another data folder.", ru: "Сначала остановите её или укажите другую папку." },
  },
  "booth/port-taken": {
    cause: { en: "Port {port} is taken by another program.", ru: "Порт {port} занят другой программой." },
    next: { en: "Choose another with --port.", ru: "Выберите другой с помощью --port." },
  },
  "booth/not-own-page": {
    cause: {
      en: "The request does not come from the booth's own page.",
      ru: "Запрос пришёл не со страницы самой кабины.",
    },
    next: { en: "Open the booth's own address.", ru: "Откройте собственный адрес кабины." },
  },
  "booth/no-such-address": {
    cause: { en: "The booth has nothing at this address.", ru: "По этому адресу в кабине ничего нет." },
    next: { en: "See docs/operations.md for what it answers.", ru: "Список адресов: docs/operations.md." },
  },
  "booth/no-screen": {
    cause: { en: "The kiosk screen has not been built.", ru: "Экран киоска не собран." },
    next: {
      en: "Run `npm run build`, then start the booth again.",
      ru: "Выполните `npm run build` и перезапустите кабину.",
    },
  },
  "person/not-here": {
    cause: { en: "There is no synthetic person in {folder}.", ru: "В папке {folder} нет синтетической личности." },
    next: {
      en: "Make one with `kabina person make --seed 1 --out {folder}`.",
      ru: "Создайте её: `kabina person make --seed 1 --out {folder}`.",
    },
  },
  "booth/settings-malformed": {
    cause: {
      en: "The settings file {file} is not well formed: {reason}.",
      ru: "Файл настроек {file} составлен неверно: {reason}.",
    },
    next: {
      en: "Correct it and start the booth again; nothing was started with it.",
      ru: "Исправьте его и запустите кабину снова; с этим файлом ничего не запущено.",
    },
  },
  "scenario/malformed": {
    cause: {
      en: "The scenario {file} is not well formed: {reason}.",
      ru: "Сценарий {file} составлен неверно: {reason}.",
    },
    next: { en: "Compare it with docs/scenarios.md.", ru: "Сравните его с docs/scenarios.md." },
  },
  "enrol/process-ended": {
    cause: {
      en: "The {process} process ended by itself ({code}).",
      ru: "Процесс {process} завершился сам ({code}).",
    },
    next: { en: "Read the end of its log above.", ru: "Прочитайте конец его журнала выше." },
  },
  "enrol/second-screen": {
    cause: {
      en: "A second screen was let into a session that was in use.",
      ru: "Второй экран получил доступ к занятому сеансу.",
    },
    next: { en: "This is a fault of the booth: report it.", ru: "Это ошибка кабины: сообщите о ней." },
  },
  "enrol/stuck": {
    cause: {
      en: "The enrolment came no further than step {step} ({phase}).",
      ru: "Заявление не продвинулось дальше шага {step} ({phase}).",
    },
    next: { en: "Read the end of the booth's log above.", ru: "Прочитайте конец журнала кабины выше." },
  },
  "outbox/answer-malformed": {
    cause: {
      en: "What answered is not a Kabina server, or a damaged one.",
      ru: "Ответил не сервер Kabina либо повреждённый.",
    },
    next: {
      en: "Check the server's address, and whether the network asks for a sign-in first. The booth tries again by itself.",
      ru: "Проверьте адрес сервера и не требует ли сеть входа. Кабина повторит сама.",
    },
  },
  "outbox/closed": {
    cause: { en: "The outbox is shutting down.", ru: "Исходящие закрываются." },
    next: {
      en: "Nothing to do: deliveries go on at the next start.",
      ru: "Ничего делать не нужно: доставка продолжится при следующем запуске.",
    },
  },
  "outbox/disk-full": {
    cause: { en: "The booth's disk is full.", ru: "Диск кабины заполнен." },
    next: {
      en: "Nothing is lost. Connect the booth, so that it can deliver and make room; do not begin a new session.",
      ru: "Ничего не потеряно. Подключите кабину к сети, чтобы она отправила пакеты и освободила место; не начинайте новый сеанс.",
    },
  },
  "outbox/failed": {
    cause: {
      en: "The package could not be sent because of a fault of the booth's own.",
      ru: "Пакет не отправлен из-за собственной ошибки кабины.",
    },
    next: {
      en: "The booth tries again by itself. Look into its log.",
      ru: "Кабина повторит сама. Посмотрите её журнал.",
    },
  },
  "outbox/full": {
    cause: { en: "The outbox is full ({limitBytes} bytes).", ru: "Исходящие заполнены ({limitBytes} байт)." },
    next: {
      en: "Connect the booth, or carry packages away by courier box.",
      ru: "Подключите кабину к сети или вывезите пакеты курьерским ящиком.",
    },
  },
  "outbox/link-cut": {
    cause: {
      en: "The link to the server broke off or cannot be made ({reason}).",
      ru: "Связь с сервером прервалась или не устанавливается ({reason}).",
    },
    next: {
      en: "Nothing to do: the booth goes on where it was when the link is back.",
      ru: "Ничего делать не нужно: когда связь вернётся, кабина продолжит с того же места.",
    },
  },
  "outbox/link-silent": {
    cause: { en: "The server has not answered for too long.", ru: "Сервер слишком долго не отвечает." },
    next: {
      en: "Nothing to do: the booth connects again by itself.",
      ru: "Ничего делать не нужно: кабина подключится сама.",
    },
  },
  "outbox/package-damaged": {
    cause: {
      en: "The package on the booth's disk is no longer what was sealed.",
      ru: "Пакет на диске кабины уже не тот, что был запечатан.",
    },
    next: {
      en: "Keep the booth's disk for inquiry; the person must enrol again.",
      ru: "Сохраните диск кабины для разбора; человеку нужно записаться снова.",
    },
  },
  "outbox/package-differs": {
    cause: {
      en: "A package of the number {packageId} with other contents is in the outbox already.",
      ru: "В исходящих уже есть пакет с номером {packageId} и другим содержимым.",
    },
    next: {
      en: "Tell the security officer. Nothing was overwritten.",
      ru: "Сообщите офицеру безопасности. Ничего не перезаписано.",
    },
  },
  "outbox/package-lost": {
    cause: { en: "The package's file is no longer in the outbox.", ru: "Файла пакета больше нет в исходящих." },
    next: {
      en: "Look for who removed it; the person must enrol again.",
      ru: "Выясните, кто его удалил; человеку нужно записаться снова.",
    },
  },
  "outbox/package-unknown": {
    cause: { en: "There is no package {packageId} in the outbox.", ru: "Пакета {packageId} нет в исходящих." },
    next: { en: "Check the number.", ru: "Проверьте номер." },
  },
  "outbox/receipt-refusal": {
    cause: {
      en: "The server has signed that it will not take the package ({reason}).",
      ru: "Сервер письменно отказался принять пакет ({reason}).",
    },
    next: {
      en: "The booth keeps the package. Tell the security officer.",
      ru: "Кабина хранит пакет. Сообщите офицеру безопасности.",
    },
  },
  "outbox/server-certificate-foreign": {
    cause: {
      en: "The server's certificate is not from this installation.",
      ru: "Сертификат сервера выдан не в этой системе.",
    },
    next: { en: "Check the server's address. Nothing was sent.", ru: "Проверьте адрес сервера. Ничего не отправлено." },
  },
  "outbox/server-certificate-time": {
    cause: {
      en: "By the booth's clock the server's certificate is not valid now.",
      ru: "По часам кабины сертификат сервера сейчас недействителен.",
    },
    next: {
      en: "Check the booth's clock and date first; then the server's certificate. Packages are kept.",
      ru: "Сначала проверьте часы и дату кабины, затем сертификат сервера. Пакеты сохраняются.",
    },
  },
});
