package io.weakref.collection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link LookupCounter}.
 */
class LookupCounterTests {

	@Test
	void countsHitsAndMissesSeparately() {
		LookupCounter counter = new LookupCounter();
		for (int i = 0; i < 5; i++) {
			counter.lookedUp(i < 2);
		}
		assertThat(counter.hits()).isEqualTo(2);
		assertThat(counter.misses()).isEqualTo(3);
	}

	@Test
	void losesNoCountOfThreadsThatShareCells() throws InterruptedException {
		LookupCounter counter = new LookupCounter();
		int threads = 300;
		int each = 10_000;
		CountDownLatch start = new CountDownLatch(1);
		List<Thread> all = new ArrayList<>();
		for (int i = 0; i < threads; i++) {
			Thread thread = new Thread(() -> {
				awaitQuietly(start);
				for (int n = 0; n < each; n++) {
					counter.lookedUp((n & 1) == 0);
				}
			});
			all.add(thread);
			thread.start();
		}
		start.countDown();
		long before = 0;
		for (Thread thread : all) {
			thread.join();
			long now = counter.hits();
			assertThat(now).isGreaterThanOrEqualTo(before);
			before = now;
		}
		assertThat(counter.hits()).isEqualTo(threads * each / 2);
		assertThat(counter.misses()).isEqualTo(threads * each / 2);
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
