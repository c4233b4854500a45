package io.streamjob.operator.controller;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Makes what keeps the ids of two attempts apart, also after a status was lost. */
final class Nonces {

  private static final int BYTES = 8;

  private final SecureRandom random = new SecureRandom();

  String next() {
    byte[] nonce = new byte[BYTES];
    random.nextBytes(nonce);
    return HexFormat.of().formatHex(nonce);
  }
}
