package io.weakref.reference;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.weakref.GarbageCollection;
import io.weakref.Held;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the table of shared references finds each reference and is bounded by what
 * is alive.
 */
@Tag("slow")
class SharedReferencesTests {

	private final SharedReferences references = new SharedReferences();

	private final int smallest = this.references.slots();

	@Test
	@Tag("promise-2")
	void everyObjectHasOneReferenceWhileTheTableGrows() {
		List<Object> referents = objects(100_000);
		List<WeakRef<Object>> shared = referents.stream().map(this.references::share).toList();
		for (int i = 0; i < referents.size(); i++) {
			assertThat(shared.get(i).get()).isSameAs(referents.get(i));
			assertThat(this.references.share(referents.get(i))).isSameAs(shared.get(i));
			assertThat(this.references.find(referents.get(i))).isSameAs(shared.get(i));
		}
		assertThat(this.references.sweep()).isEqualTo(referents.size());
		assertThat(this.references.find(this)).isNull();
	}

	@Test
	void tableShrinksWhenReferencesAreDroppedThoughTheirReferentsLive() {
		List<Object> referents = objects(100_000);
		Held<List<WeakRef<Object>>> shared = new Held<>(new ArrayList<>());
		referents.forEach((referent) -> shared.get().add(this.references.share(referent)));
		assertThat(this.references.slots()).isGreaterThan(referents.size());
		WeakRef<Object> kept = shared.get().get(7);
		shared.letGo();
		GarbageCollection.until(() -> this.references.sweep() == 1);
		assertThat(this.references.slots()).isEqualTo(this.smallest);
		assertThat(this.references.share(referents.get(7))).isSameAs(kept);
		assertThat(referents).hasSize(100_000);
	}

	@Test
	void tableShrinksThoughThereIsAGarbageCollectionEveryFewCalls() {
		Held<List<Object>> referents = new Held<>(objects(50_000));
		Held<List<WeakRef<Object>>> shared = new Held<>(new ArrayList<>());
		referents.get().forEach((referent) -> shared.get().add(this.references.share(referent)));
		int largest = this.references.slots();
		referents.letGo();
		shared.letGo();
		List<Object> later = objects(200);
		AtomicInteger calls = new AtomicInteger();
		GarbageCollection.until(() -> {
			later.replaceAll((dropped) -> new Object());
			later.forEach(this.references::share);
			calls.addAndGet(later.size());
			return this.references.slots() < largest / 4;
		});
		// So few calls that the table was not swept for being full.
		assertThat(calls).hasValueLessThan(30_000);
	}

	@Test
	@Tag("promise-2")
	void objectWhoseReferenceIsClearedAgainAndAgainHasOneNode() {
		Object referent = new Object();
		WeakRef<Object> last = this.references.share(referent);
		for (int i = 0; i < 10_000; i++) {
			last.clear();
			WeakRef<Object> next = this.references.share(referent);
			assertThat(next).isNotSameAs(last);
			last = next;
		}
		assertThat(this.references.slots()).isEqualTo(this.smallest);
		assertThat(this.references.find(referent)).isSameAs(last);
	}

	@Test
	@Tag("promise-2")
	void threadsThatShareInDifferentOrdersGetTheSameReferences() throws Exception {
		int threads = 8;
		List<Object> referents = objects(20_000);
		CyclicBarrier start = new CyclicBarrier(threads);
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			List<Future<List<WeakRef<Object>>>> futures = new ArrayList<>();
			for (int thread = 0; thread < threads; thread++) {
				List<Integer> order = new ArrayList<>(IntStream.range(0, referents.size()).boxed().toList());
				Collections.shuffle(order, new Random(thread));
				Callable<List<WeakRef<Object>>> task = () -> {
					List<WeakRef<Object>> mine = new ArrayList<>(Collections.nCopies(order.size(), null));
					start.await();
					for (int i : order) {
						mine.set(i, this.references.share(referents.get(i)));
						// Dies soon, so that other nodes are moved during lookups.
						this.references.share(new Object());
					}
					return mine;
				};
				futures.add(executor.submit(task));
			}
			System.gc();
			List<WeakRef<Object>> first = futures.get(0).get();
			for (Future<List<WeakRef<Object>>> future : futures) {
				assertThat(future.get()).usingElementComparator((one, other) -> (one == other) ? 0 : 1)
					.isEqualTo(first);
			}
			assertThat(first.get(7).get()).isSameAs(referents.get(7));
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static List<Object> objects(int count) {
		List<Object> objects = new ArrayList<>(count);
		for (int i = 0; i < count; i++) {
			objects.add(new Object());
		}
		return objects;
	}

}
