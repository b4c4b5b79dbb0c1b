package io.weakref.sample.tile;

import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

import io.weakref.collection.WeakValueDictionary;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests {@link LocalTiles}.
 */
class LocalTilesTests {

	private static final TileId TILE = new TileId(1, 0, 1);

	private static final Set<Thread.State> WAITS_OR_ENDED = EnumSet.of(Thread.State.WAITING, Thread.State.TERMINATED);

	private final LocalTiles tiles = new LocalTiles(new WeakValueDictionary<>(),
			WeakValueDictionary.<TileId, BufferedImage>builder().holdFor(Duration.ofHours(1)).build(),
			Duration.ofHours(1));

	@Test
	void tileThatIsRenderedWhileTheSwitchIsTurnedIsFoundAfterwards() throws Exception {
		CountDownLatch rendering = new CountDownLatch(1);
		CountDownLatch rendered = new CountDownLatch(1);
		CompletableFuture<BufferedImage> first = CompletableFuture
			.supplyAsync(() -> this.tiles.get(TILE, (id) -> render(rendering, rendered)));
		rendering.await();
		Thread turning = new Thread(() -> this.tiles.setHolding(true));
		turning.start();
		Awaitility.await().until(() -> WAITS_OR_ENDED.contains(turning.getState()));
		rendered.countDown();
		BufferedImage image = first.get();
		turning.join();
		Function<TileId, BufferedImage> again = (id) -> image();
		assertThat(this.tiles.get(TILE, again)).isSameAs(image);
		assertThat(this.tiles.weakCache()).isEqualTo("heldTiles");
	}

	private static BufferedImage render(CountDownLatch rendering, CountDownLatch rendered) {
		rendering.countDown();
		try {
			rendered.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		return image();
	}

	private static BufferedImage image() {
		return new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
	}

}
