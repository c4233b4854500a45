package io.streamjob.e2e.crash;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An HTTP/1.1 request.
 *
 * @param text all of it, as it came, each byte a character
 */
record Request(String method, String path, boolean isWebSocket, String text) {

  private static final int MAX_HEAD = 64 << 10;

  void write(OutputStream out) throws IOException {
    out.write(text.getBytes(ISO_8859_1));
    out.flush();
  }

  /** The next request; empty if the connection ended instead. */
  static Optional<Request> read(InputStream in) throws IOException {
    var bytes = new ByteArrayOutputStream();
    String head = line(in, bytes);
    if (head.isEmpty()) {
      return Optional.empty();
    }
    for (String line = "-"; !line.isEmpty(); ) {
      line = line(in, bytes);
      head += line.isEmpty() ? "" : "\n" + line;
      if (head.length() > MAX_HEAD) {
        throw new IOException("a head that does not end");
      }
    }
    if (!header(head, "expect").isEmpty()) {
      throw new IOException("Expect is not understood here");
    }
    if (header(head, "transfer-encoding").equalsIgnoreCase("chunked")) {
      chunks(in, bytes);
    } else if (!header(head, "content-length").isEmpty()) {
      copy(in, bytes, Integer.parseInt(header(head, "content-length")));
    }
    String[] first = head.lines().findFirst().orElseThrow().split(" ", 3);
    boolean isWebSocket = header(head, "upgrade").equalsIgnoreCase("websocket");
    return Optional.of(new Request(first[0], first[1], isWebSocket, bytes.toString(ISO_8859_1)));
  }

  private static String header(String head, String name) {
    return head.lines()
        .skip(1)
        .map(line -> line.split(":", 2))
        .filter(parts -> parts[0].equalsIgnoreCase(name))
        .flatMap(parts -> Stream.of(parts[1].strip()))
        .findFirst()
        .orElse("");
  }

  private static void chunks(InputStream in, ByteArrayOutputStream bytes) throws IOException {
    for (int size = -1; size != 0; ) {
      size = Integer.parseInt(line(in, bytes).split(";", 2)[0].strip(), 16);
      copy(in, bytes, size);
      line(in, bytes);
    }
  }

  private static void copy(InputStream in, ByteArrayOutputStream bytes, int count)
      throws IOException {
    byte[] body = in.readNBytes(count);
    if (body.length < count) {
      throw new EOFException();
    }
    bytes.writeBytes(body);
  }

  /** The next line without its end; empty as well at the end of the stream. */
  private static String line(InputStream in, ByteArrayOutputStream bytes) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      bytes.write(b);
      if (b == '\n') {
        break;
      }
      if (b != '\r') {
        line.write(b);
      }
      if (line.size() > MAX_HEAD) {
        throw new IOException("a line that does not end");
      }
    }
    return line.toString(ISO_8859_1);
  }
}
