package io.weakref.retention;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for {@link RetentionSearch} with heap dumps that are written by hand.
 */
class RetentionSearchTests {

	@TempDir
	private Path directory;

	private Path dump;

	@BeforeEach
	void name() {
		this.dump = this.directory.resolve("heap.hprof");
	}

	@ParameterizedTest
	@CsvSource({ "4, ascending", "8, ascending", "8, scattered", "8, far", "4, consecutive", "8, consecutive" })
	void pathIsFoundForIdsOfAnySizeAndOrder(int idSize, String order) throws IOException {
		write(idSize, ids(order), RetentionSearchTests::heldByASession);
		assertThat(search("tiles").paths())
			.containsExactly(new RetentionPath(3, new RetentionRoot("static", "static field com.acme.Sessions.OPEN"),
					List.of("com.acme.Sessions.OPEN", "com.acme.Session.tile"), null));
	}

	private static LongUnaryOperator ids(String order) {
		return switch (order) {
			case "ascending" -> (number) -> 0x4000_0000L + 16 * number;
			// Like the ids of ZGC: in no order, with bits set far above the others.
			case "scattered" -> {
				List<Long> shuffled = new ArrayList<>(LongStream.range(0, 1 << 10).boxed().toList());
				Collections.shuffle(shuffled, new Random(1));
				yield (number) -> 0x400_0020_0000L + 16 * shuffled.get((int) number);
			}
			case "far" -> (number) -> number << 33;
			default -> (number) -> number;
		};
	}

	private static void heldByASession(WrittenHeap heap) throws IOException {
		WrittenHeap.Type tile = heap.type("com.acme.Tile");
		WrittenHeap.Type session = heap.type("com.acme.Session", "tile");
		long[] sessions = new long[3];
		long next = 0;
		for (int i = 0; i < sessions.length; i++) {
			long held = heap.instance(tile);
			sessions[i] = heap.instance(session, held);
			next = heap.node(held, heap.string("key"), next);
		}
		heap.type("com.acme.Sessions", null, Map.of("OPEN", heap.array("com.acme.Session", sessions)));
		heap.table("tiles", false, 0, next, 0);
	}

	@Test
	void filesBeyondFourGigabytesAreRead() throws IOException {
		write(8, WrittenHeap.addresses(), (heap) -> {
			for (int i = 0; i < 5; i++) {
				heap.hole(1_000_000_000);
			}
			heldByASession(heap);
		});
		assertThat(Files.size(this.dump)).isGreaterThan(5_000_000_000L);
		RetentionReport report = search("tiles");
		assertThat(report.dumpBytes()).isEqualTo(Files.size(this.dump));
		assertThat(report.paths()).singleElement().satisfies((path) -> assertThat(path.entries()).isEqualTo(3));
	}

	@Test
	void filesBeyondTwoGigabytesWithIdsOfFourBytesAreRead() throws IOException {
		write(4, ids("ascending"), (heap) -> {
			heap.hole(Integer.MAX_VALUE - 100);
			heldByASession(heap);
			heap.hole(1000);
		});
		assertThat(search("tiles").paths()).singleElement()
			.satisfies((path) -> assertThat(path.root().kind()).isEqualTo("static"));
	}

	@Test
	void resultDoesNotDependOnWhereTheFileIsSplitIntoMappedParts() throws IOException {
		write(8, ids("scattered"), RetentionSearchTests::heldByASession);
		RetentionReport whole = search("tiles");
		for (int bits = 6; bits < 12; bits++) {
			assertThat(RetentionSearch.run(HeapFile.open(this.dump, bits), "tiles", Progress.NONE)).isEqualTo(whole);
		}
	}

	@Test
	void collectionIsFoundByItsName() throws IOException {
		write((heap) -> {
			heap.table("tilesets", false, 0);
			heap.table("tile", false, 0);
			heap.table("Ω tiles", false, heap.node(heap.instance(heap.type("com.acme.Tile")), 0, 0));
		});
		assertThat(search("Ω tiles").live()).isOne();
		assertThat(search("tile").live()).isZero();
		assertThatExceptionOfType(RetentionException.class).isThrownBy(() -> search("tiles"))
			.withMessage("heap.hprof has no weak collection named 'tiles'.");
	}

	@Test
	void entriesOfATableThatIsGrowingAreFoundOnce() throws IOException {
		write((heap) -> {
			WrittenHeap.Type tile = heap.type("com.acme.Tile");
			long stays = heap.node(heap.instance(tile), 0, heap.node(heap.instance(tile), 0, 0));
			long moved = heap.node(heap.instance(tile), 0, 0);
			long to = heap.bins(0, moved);
			heap.table("tiles", false, stays, heap.forward(to), heap.forward(to));
		});
		assertThat(search("tiles").live()).isEqualTo(3);
	}

	@Test
	void deadEntriesAndReservedKeysDoNotCount() throws IOException {
		write((heap) -> {
			WrittenHeap.Type tile = heap.type("com.acme.Tile");
			long live = heap.node(heap.instance(tile), 0, 0);
			long dead = heap.node(0, heap.string("key"), live);
			long reserved = heap.forward(0);
			heap.table("tiles", false, dead, reserved);
		});
		assertThat(search("tiles").live()).isOne();
	}

	@Test
	void atMostAThousandEntriesAreExamined() throws IOException {
		write((heap) -> {
			WrittenHeap.Type tile = heap.type("com.acme.Tile");
			long[] tiles = new long[1500];
			long[] nodes = new long[1500];
			for (int i = 0; i < tiles.length; i++) {
				tiles[i] = heap.instance(tile);
				nodes[i] = heap.node(tiles[i], 0, 0);
			}
			heap.type("com.acme.Sessions", null, Map.of("OPEN", heap.array("com.acme.Tile", tiles)));
			heap.table("tiles", false, nodes);
		});
		RetentionReport report = search("tiles");
		assertThat(report.live()).isEqualTo(1500);
		assertThat(report.examined()).isEqualTo(1000);
		assertThat(report.paths()).extracting(RetentionPath::entries).containsExactly(1000);
	}

	@Test
	void staticFieldIsPreferredToANearerLocalVariable() throws IOException {
		write((heap) -> {
			long tile = heap.instance(heap.type("com.acme.Tile"));
			WrittenHeap.Type session = heap.type("com.acme.Session", "tile");
			heap.type("com.acme.Sessions", null, Map.of("OPEN", heap.instance(session, tile)));
			int main = heap.thread("main", 0, "com.acme.Main.main", 7);
			heap.root(HeapFormat.ROOT_JAVA_FRAME, tile, main, 0);
			heap.table("tiles", false, heap.node(tile, 0, 0));
		});
		assertThat(search("tiles").paths()).singleElement()
			.satisfies(
					(path) -> assertThat(path.root().description()).isEqualTo("static field com.acme.Sessions.OPEN"));
	}

	@Test
	void rootsAreNamed() throws IOException {
		write((heap) -> {
			WrittenHeap.Type type = heap.type("com.acme.Tile");
			long[] tiles = LongStream.range(0, 9).map((i) -> heap.id()).toArray();
			long[] nodes = new long[tiles.length];
			for (int i = 0; i < tiles.length; i++) {
				heap.instance(tiles[i], type);
				nodes[i] = heap.node(tiles[i], 0, 0);
			}
			int worker = heap.thread("worker-1", tiles[0], "com.acme.Worker.run", 42);
			int other = heap.thread("other", 0, "com.acme.Worker.read", -3);
			heap.root(HeapFormat.ROOT_JAVA_FRAME, tiles[1], worker, 0);
			heap.root(HeapFormat.ROOT_JAVA_FRAME, tiles[2], other, 0);
			heap.root(HeapFormat.ROOT_JNI_LOCAL, tiles[3], worker, 0);
			heap.root(HeapFormat.ROOT_NATIVE_STACK, tiles[4], other);
			heap.jniGlobal(tiles[5]);
			heap.root(HeapFormat.ROOT_MONITOR_USED, tiles[6]);
			heap.root(HeapFormat.ROOT_UNKNOWN, tiles[7]);
			heap.type("com.acme.Strings", null, Map.of("<resolved_references>", tiles[8]));
			heap.table("tiles", false, nodes);
		});
		assertThat(search("tiles").paths()).extracting(RetentionPath::root)
			.containsExactlyInAnyOrder(new RetentionRoot("thread", "thread \"worker-1\""),
					new RetentionRoot("local", "local variable of com.acme.Worker.run:42 in thread \"worker-1\""),
					new RetentionRoot("local", "local variable of com.acme.Worker.read in thread \"other\""),
					new RetentionRoot("jni", "local JNI reference of com.acme.Worker.run:42 in thread \"worker-1\""),
					new RetentionRoot("thread", "stack of thread \"other\""),
					new RetentionRoot("jni", "global JNI reference"), new RetentionRoot("other", "monitor in use"),
					new RetentionRoot("other", "the JVM itself"),
					new RetentionRoot("other", "constants of class com.acme.Strings"));
	}

	@Test
	void pathsFromThreadsOfAPoolAreMerged() throws IOException {
		write((heap) -> {
			WrittenHeap.Type type = heap.type("com.acme.Tile");
			long[] nodes = new long[12];
			for (int i = 0; i < nodes.length; i++) {
				long tile = heap.instance(type);
				nodes[i] = heap.node(tile, 0, 0);
				int thread = heap.thread("http-8080-exec-" + i, 0, "com.acme.Tiles2.get", 5);
				heap.root(HeapFormat.ROOT_JAVA_FRAME, tile, thread, 0);
			}
			heap.table("tiles", false, nodes);
		});
		assertThat(search("tiles").paths()).singleElement().satisfies((path) -> {
			assertThat(path.entries()).isEqualTo(12);
			assertThat(path.root().description())
				.isEqualTo("local variable of com.acme.Tiles2.get:5 in thread \"http-*-exec-*\"");
		});
	}

	@Test
	void weakReferencesHoldNothing() throws IOException {
		write((heap) -> {
			long tile = heap.instance(heap.type("com.acme.Tile"));
			long node = heap.node(tile, 0, 0);
			heap.type("com.acme.Sessions", null, Map.of("SEEN", node));
			heap.table("tiles", false, node);
		});
		assertThat(search("tiles").paths()).containsExactly(new RetentionPath(1,
				new RetentionRoot("other", "not known"), List.of(), "no strong path in the heap dump"));
	}

	@Test
	void softReferenceIsReportedIfNothingElseHoldsTheEntry() throws IOException {
		write((heap) -> {
			WrittenHeap.Type type = heap.type("com.acme.Tile");
			WrittenHeap.Type session = heap.type("com.acme.Session", "tile");
			long soft = heap.instance(type);
			long both = heap.instance(type);
			long strong = heap.instance(session, heap.instance(session, both));
			long array = heap.array("java.lang.Object", heap.instance(heap.softReference, 0, soft),
					heap.instance(heap.softReference, 0, both), strong);
			heap.type("com.acme.Images", null, Map.of("KEPT", array));
			heap.table("tiles", false, heap.node(soft, 0, 0), heap.node(both, 0, 0));
		});
		RetentionRoot root = new RetentionRoot("static", "static field com.acme.Images.KEPT");
		assertThat(search("tiles").paths()).containsExactlyInAnyOrder(
				new RetentionPath(1, root, List.of("com.acme.Images.KEPT", "java.lang.ref.SoftReference.referent"),
						"a soft reference holds it"),
				new RetentionPath(1, root, List.of("com.acme.Images.KEPT", "com.acme.Session.tile"), null));
	}

	@Test
	void strongSideThatReachesTheWeakOneIsNoted() throws IOException {
		write((heap) -> {
			WrittenHeap.Type box = heap.type("com.acme.Box", "content");
			WrittenHeap.Type holder = heap.type("com.acme.Holder");
			long[] sides = new long[5];
			for (int i = 0; i < sides.length; i++) {
				sides[i] = heap.instance(holder);
			}
			long accounts = heap.table("accounts", true, heap.node(sides[0], heap.instance(box, sides[0]), 0),
					heap.node(sides[1], heap.instance(box, sides[2]), 0), heap.node(sides[2], 0, 0));
			long tiles = heap.table("tiles", false, heap.node(sides[3], heap.instance(box, sides[3]), 0),
					heap.node(sides[1], 0, 0));
			heap.type("com.acme.Caches", null, Map.of("ACCOUNTS", accounts, "TILES", tiles, "FIRST",
					heap.instance(box, heap.instance(box, sides[1]))));
			heap.table("others", true, heap.node(sides[2], 0, 0));
		});
		assertThat(search("accounts").paths()).extracting(RetentionPath::note)
			.containsExactlyInAnyOrder("the value reaches its key", "the value of another entry reaches it", null);
		assertThat(search("accounts").paths()).filteredOn((path) -> "the value reaches its key".equals(path.note()))
			.singleElement()
			.satisfies((path) -> assertThat(path.steps()).containsExactly("com.acme.Caches.ACCOUNTS",
					"io.weakref.collection.WeakTable.table", "io.weakref.collection.Node.strong",
					"com.acme.Box.content"));
		assertThat(search("tiles").paths()).extracting(RetentionPath::note)
			.containsExactlyInAnyOrder("the key reaches its value", null);
		assertThat(search("others").paths()).extracting(RetentionPath::note)
			.containsExactly("an entry of another weak collection reaches it");
	}

	@Test
	void loadOfANearCacheIsNoted() throws IOException {
		write((heap) -> {
			long customer = heap.instance(heap.type("com.acme.Customer"));
			long result = heap.instance(heap.type("java.util.concurrent.CompletableFuture", "result"), customer);
			long load = heap.instance(heap.type("io.weakref.near.Flight", "result"), result);
			heap.type("com.acme.Loads", null, Map.of("RUNNING", load));
			heap.table("near-customers", false, heap.node(customer, 0, 0));
		});
		assertThat(search("near-customers").paths()).singleElement()
			.satisfies((path) -> assertThat(path.note()).isEqualTo("a load of the near cache holds it"));
	}

	@Test
	void linksOfAListAreShownOnce() throws IOException {
		write((heap) -> {
			WrittenHeap.Type type = heap.type("com.acme.Tile");
			WrittenHeap.Type link = heap.type("com.acme.Link", "next", "tile");
			long[] nodes = new long[20];
			long list = 0;
			for (int i = 0; i < nodes.length; i++) {
				long tile = heap.instance(type);
				nodes[i] = heap.node(tile, 0, 0);
				list = heap.instance(link, list, tile);
			}
			heap.type("com.acme.Sessions", null, Map.of("FIRST", list));
			heap.table("tiles", false, nodes);
		});
		assertThat(search("tiles").paths()).extracting(RetentionPath::entries, RetentionPath::steps)
			.containsExactly(tuple(19, List.of("com.acme.Sessions.FIRST", "com.acme.Link.next", "com.acme.Link.tile")),
					tuple(1, List.of("com.acme.Sessions.FIRST", "com.acme.Link.tile")));
	}

	@Test
	void everyTruncationIsDetected() throws IOException {
		write(RetentionSearchTests::heldByASession);
		byte[] whole = Files.readAllBytes(this.dump);
		for (int length = 0; length < whole.length; length += 13) {
			Files.write(this.dump, Arrays.copyOf(whole, length));
			assertThatExceptionOfType(RetentionException.class).as("%d bytes", length)
				.isThrownBy(() -> search("tiles"))
				.withMessageMatching(
						"heap\\.hprof (is cut off: it ends after \\d+ bytes, in the middle of the heap dump"
								+ "|is not a heap dump in the HPROF format)\\.");
		}
	}

	@Test
	void damageIsDetectedWhereverItIs() throws IOException {
		write(RetentionSearchTests::heldByASession);
		byte[] whole = Files.readAllBytes(this.dump);
		Random random = new Random(7);
		for (int i = 0; i < 400; i++) {
			byte[] damaged = whole.clone();
			damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
			Files.write(this.dump, damaged);
			try {
				search("tiles");
			}
			catch (RetentionException expected) {
				assertThat(expected).message().endsWith(".").doesNotContain("\n");
			}
		}
	}

	@Test
	void foreignFilesAreRefused() throws IOException {
		Files.writeString(this.dump, "JAVA PROFILE 1.0.2 is what heap dumps begin with");
		assertRefused("heap.hprof has identifiers of 1769152631 bytes, but only 4 and 8 are supported.");
		Files.writeString(this.dump, "Once upon a time there was a file that was no heap dump");
		assertRefused("heap.hprof is not a heap dump in the HPROF format.");
		Files.writeString(this.dump, "");
		assertRefused("heap.hprof is not a heap dump in the HPROF format.");
		Files.write(this.dump, new byte[] { 0x1f, (byte) 0x8b, 8, 0, 0 });
		assertRefused("heap.hprof is compressed: decompress it first, for example with gunzip.");
		Files.delete(this.dump);
		assertRefused("The file heap.hprof does not exist.");
		Files.createDirectory(this.dump);
		assertRefused("heap.hprof is a directory, not a heap dump.");
	}

	@Test
	void dumpOfAnApplicationWithoutTheLibraryIsRefused() throws IOException {
		try (WrittenHeap heap = new WrittenHeap(this.dump, 8, WrittenHeap.addresses())) {
			heap.end();
		}
		assertRefused("heap.hprof has no weak collection named 'tiles'.");
	}

	private void assertRefused(String message) {
		assertThatExceptionOfType(RetentionException.class).isThrownBy(() -> search("tiles")).withMessage(message);
	}

	private RetentionReport search(String cache) {
		return RetentionSearch.run(this.dump, cache, Progress.NONE);
	}

	private void write(Heap content) throws IOException {
		write(8, WrittenHeap.addresses(), content);
	}

	private void write(int idSize, LongUnaryOperator ids, Heap content) throws IOException {
		try (WrittenHeap heap = new WrittenHeap(this.dump, idSize, ids)) {
			content.writeTo(heap);
			heap.end();
		}
	}

	private interface Heap {

		void writeTo(WrittenHeap heap) throws IOException;

	}

}
