package io.weakref.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.weakref.GarbageCollection;
import io.weakref.cleaner.WeakCleaner;

/**
 * Lets referents die that have 2,000 callbacks each, of references, proxies and
 * finalizers in a mixed order, and checks the order in which they run.
 */
final class CallbackOrder {

	private static final int CALLBACKS = 2000;

	private CallbackOrder() {
	}

	public static void main(String[] args) throws Exception {
		System.out.println(run(30));
	}

	static String run(int referents) throws Exception {
		try (WeakCleaner cleaner = WeakCleaner.builder().threadName("order-test").build()) {
			List<Queue<Integer>> ran = new ArrayList<>();
			List<Object> held = new ArrayList<>();
			for (int i = 0; i < referents; i++) {
				Queue<Integer> queue = new ConcurrentLinkedQueue<>();
				ran.add(queue);
				registerAll(new Task(), queue, held, cleaner);
			}
			long expectedCallbacks = (long) referents * CALLBACKS;
			GarbageCollection.collect();
			GarbageCollection.await(() -> cleaner.stats().callbacks() >= expectedCallbacks);
			if (held.size() != expectedCallbacks) {
				return "only " + held.size() + " registered";
			}
			for (Queue<Integer> queue : ran) {
				int expected = CALLBACKS;
				for (int number : queue) {
					expected--;
					if (number != expected) {
						return number + " where " + expected + " was due";
					}
				}
				if (expected != 0) {
					return "ended before " + expected;
				}
			}
			return referents + " referents with " + CALLBACKS + " callbacks each: in order";
		}
	}

	private static void registerAll(Task task, Queue<Integer> queue, List<Object> held, WeakCleaner cleaner) {
		for (int number = 0; number < CALLBACKS; number++) {
			held.add(register(task, number, queue, cleaner));
		}
	}

	private static Object register(Task task, int number, Queue<Integer> queue, WeakCleaner cleaner) {
		return switch (number % 4) {
			case 1 -> WeakProxy.of(Runnable.class, task, (proxy) -> queue.add(number), cleaner);
			case 2 -> Finalizer.register(task, () -> {
				queue.add(number);
			}, cleaner);
			default -> WeakRef.of(task, (ref) -> queue.add(number), cleaner);
		};
	}

	private static final class Task implements Runnable {

		@Override
		public void run() {
		}

	}

}
