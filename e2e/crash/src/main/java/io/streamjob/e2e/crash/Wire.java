package io.streamjob.e2e.crash;

import io.streamjob.e2e.crash.Call.Peer;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * All that one life of the operator has to do with the world: every request to Kubernetes, Flink
 * and S3 passes here, whoever in the process makes it. Writes are numbered, and at the one that is
 * told the wire is cut: nothing passes any more in either direction, which is what the death of the
 * process looks like from outside.
 */
final class Wire implements AutoCloseable {

  /** How a connection to a peer is opened; fails if nobody answers there. */
  interface Upstream {
    Socket connect() throws IOException;
  }

  private final List<Call> calls = new ArrayList<>();
  private final Set<Closeable> open = new HashSet<>();
  private final CountDownLatch cut = new CountDownLatch(1);
  private boolean isCounting;
  private Optional<CrashPoint> point = Optional.empty();
  private Optional<Link> dying = Optional.empty();
  private volatile long lastWrite = System.nanoTime();

  /** From now on writes are numbered, and the wire is cut where told. */
  synchronized void arm(Optional<CrashPoint> where) {
    point = where;
    isCounting = true;
  }

  /** The writes that went out, and the one that was not let out. */
  synchronized List<Call> calls() {
    return List.copyOf(calls);
  }

  /** How long there was no write. */
  long quietMillis() {
    return (System.nanoTime() - lastWrite) / 1_000_000;
  }

  /** Waits for the cut; returns whether it came. */
  boolean awaitCut(long millis) throws InterruptedException {
    return cut.await(millis, TimeUnit.MILLISECONDS);
  }

  boolean isCut() {
    return cut.getCount() == 0;
  }

  /**
   * Opens an address that leads to a peer.
   *
   * @param at where; port 0 for any
   */
  URI lead(Peer peer, InetSocketAddress at, Upstream upstream) {
    try {
      var server = new ServerSocket();
      server.setReuseAddress(true);
      server.bind(at, 128);
      keep(server);
      Thread.ofVirtual().start(() -> accept(server, peer, upstream));
      return URI.create("http://%s:%d".formatted(at.getHostString(), server.getLocalPort()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Cuts the wire. */
  @Override
  public void close() {
    List<Closeable> all;
    synchronized (this) {
      cut.countDown();
      all = List.copyOf(open);
      open.clear();
    }
    all.forEach(Wire::quietly);
  }

  private void accept(ServerSocket server, Peer peer, Upstream upstream) {
    try (server) {
      while (true) {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> new Link(peer, client).run(upstream));
      }
    } catch (IOException closed) {
      // The wire is cut.
    }
  }

  private synchronized void keep(Closeable one) throws IOException {
    if (isCut()) {
      quietly(one);
      throw new IOException("the wire is cut");
    }
    open.add(one);
  }

  private synchronized void drop(Closeable one) {
    open.remove(one);
    quietly(one);
  }

  private static void quietly(Closeable one) {
    try {
      one.close();
    } catch (IOException e) {
      // Closed is closed.
    }
  }

  /** Whether a request may go out. */
  private synchronized boolean pass(Link link, Request request) {
    if (isCut() || dying.isPresent()) {
      return false;
    }
    if (!link.peer.isWrite(request)) {
      return true;
    }
    lastWrite = System.nanoTime();
    if (!isCounting) {
      return true;
    }
    Call call = Call.of(calls.size() + 1, link.peer, request);
    calls.add(call);
    if (point.filter(at -> at.call() == call.number()).isEmpty()) {
      return true;
    }
    return switch (point.get().moment()) {
      case BEFORE -> {
        close();
        yield false;
      }
      case AFTER -> {
        // Whatever else the process does at this moment, it does it too late.
        dying = Optional.of(link);
        yield true;
      }
    };
  }

  private synchronized boolean isLast(Link link) {
    return dying.filter(last -> last == link).isPresent();
  }

  /** One connection of the operator. */
  private final class Link {

    private final Peer peer;
    private final Socket client;

    Link(Peer peer, Socket client) {
      this.peer = peer;
      this.client = client;
    }

    void run(Upstream upstream) {
      try (client) {
        keep(client);
        Socket server = upstream.connect();
        try (server) {
          keep(server);
          Thread.ofVirtual().start(() -> replies(server));
          requests(server.getOutputStream());
        } finally {
          drop(server);
        }
      } catch (IOException e) {
        // To the operator: a connection that broke.
      } finally {
        drop(client);
      }
    }

    private void requests(OutputStream out) throws IOException {
      InputStream in = new BufferedInputStream(client.getInputStream());
      for (var next = Request.read(in); next.isPresent(); next = Request.read(in)) {
        if (!pass(this, next.get())) {
          return;
        }
        out.write(next.get().bytes());
        out.flush();
        if (next.get().isWebSocket()) {
          in.transferTo(out);
          return;
        }
        if (isLast(this)) {
          in.read(); // Until the reply has come, and the wire is cut.
        }
      }
    }

    private void replies(Socket server) {
      byte[] buffer = new byte[16 << 10];
      try {
        InputStream in = server.getInputStream();
        OutputStream out = client.getOutputStream();
        for (int n = in.read(buffer); n >= 0 && !isLast(this); n = in.read(buffer)) {
          out.write(buffer, 0, n);
          out.flush();
        }
      } catch (IOException e) {
        // Either side has gone.
      } finally {
        if (isLast(this)) {
          close();
        }
        quietly(server);
        quietly(client);
      }
    }
  }
}
