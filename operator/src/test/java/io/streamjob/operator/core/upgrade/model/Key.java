package io.streamjob.operator.core.upgrade.model;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Mixes what a state is made of into 128 bits, which stand for it. */
final class Key {

  private static final Map<Object, Integer> NUMBERS = new ConcurrentHashMap<>();
  private static final AtomicInteger LAST = new AtomicInteger();

  private long high = 0x9E3779B97F4A7C15L;
  private long low = 0xC2B2AE3D27D4EB4FL;

  /** A finished key. */
  record Value(long high, long low) {}

  Key add(long number) {
    high = mix(high ^ number, 0xFF51AFD7ED558CCDL);
    low = mix(low + number, 0xC4CEB9FE1A85EC53L) ^ Long.rotateLeft(high, 29);
    return this;
  }

  private static long mix(long value, long factor) {
    long mixed = (value ^ (value >>> 33)) * factor;
    return mixed ^ (mixed >>> 29);
  }

  Key add(boolean flag) {
    return add(flag ? 1 : 2);
  }

  /** Anything with a useful equals. */
  Key add(Object thing) {
    return add(NUMBERS.computeIfAbsent(thing, other -> LAST.incrementAndGet()).longValue());
  }

  Key add(Optional<?> thing) {
    return thing.isPresent() ? add(thing.get()) : add(0);
  }

  Value value() {
    return new Value(high, low);
  }
}
