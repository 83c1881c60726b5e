/** The device with other answers in some of its calls: its getters and the rest stay its own. */
export function changed<Device extends object>(device: Device, changes: Partial<Device>): Device {
  return new Proxy(device, {
    get(target, name) {
      if (name in changes) return changes[name as keyof Device];
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
