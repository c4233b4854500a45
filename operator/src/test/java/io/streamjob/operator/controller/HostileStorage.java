package io.streamjob.operator.controller;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.streamjob.operator.storage.MinioSnapshotStore;
import io.streamjob.operator.storage.SnapshotStore;
import io.streamjob.operator.storage.StorageAccess;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** An S3 server that refuses everything in many ways, and quotes the keys when it does. */
final class HostileStorage implements AutoCloseable {

  private static final String[] ANSWERS = {
    "400 Whatever", "404 NoSuchKey", "403 SignatureDoesNotMatch", "500 canary-secret", "200 none"
  };

  private final HttpServer server =
      HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  private final MinioSnapshotStore store = new MinioSnapshotStore();
  private final AtomicInteger requests = new AtomicInteger();
  private volatile boolean isInTheWay;

  HostileStorage() throws IOException {
    server.createContext("/", this::refuse);
    server.start();
  }

  /** Stands between the operator and its storage, or no longer. */
  void inTheWay(boolean is) {
    isInTheWay = is;
  }

  int requests() {
    return requests.get();
  }

  /** The good store, or this one while it is in the way. */
  SnapshotStore before(SnapshotStore good) {
    return (SnapshotStore)
        Proxy.newProxyInstance(
            SnapshotStore.class.getClassLoader(),
            new Class<?>[] {SnapshotStore.class},
            (proxy, method, args) -> {
              try {
                if (!isInTheWay || args == null) {
                  return method.invoke(good, args);
                }
                args[0] = here((StorageAccess) args[0]);
                return method.invoke(store, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private StorageAccess here(StorageAccess access) {
    return new StorageAccess(
        access.root(),
        URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
        access.region(),
        access.addressing(),
        access.credentials());
  }

  private void refuse(HttpExchange exchange) throws IOException {
    String[] answer = ANSWERS[requests.getAndIncrement() % ANSWERS.length].split(" ", -1);
    byte[] body =
        """
        <Error><Code>%s</Code><Message>canary-access is not canary-secret</Message>
        <Key>canary-secret</Key><StringToSign>canary-access canary-secret</StringToSign></Error>
        """
            .formatted(answer[1])
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/xml");
    exchange.sendResponseHeaders(Integer.parseInt(answer[0]), body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    store.close();
    server.stop(0);
  }
}
