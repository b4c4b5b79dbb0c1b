package io.weakref.sample.viewer;

import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

import io.weakref.collection.WeakLocks;
import io.weakref.sample.tile.TileId;
import io.weakref.sample.tile.Viewport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that operations on one session exclude each other, and that each tile has one
 * name.
 */
@SpringBootTest(properties = "sample.viewer-timeout=5m")
class TurnTests {

	private static final Viewport CORNER = new Viewport(2, 0, 0, 0, 0);

	@Autowired
	private Viewers viewers;

	@Autowired
	private WeakLocks<UUID> turns;

	@AfterEach
	void everybodyLeaves() {
		this.viewers.dismissAll();
	}

	@Test
	void reportWaitsWhileAnotherOperationHasTheLock() throws Exception {
		UUID id = UUID.randomUUID();
		WeakLocks.Held turn = this.turns.lock(id);
		Thread page = new Thread(
				() -> this.viewers.look(new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits()), CORNER));
		page.start();
		Awaitility.await().until(() -> LockSupport.getBlocker(page) == this.turns.get(id));
		assertThat(this.viewers.find(id)).isEmpty();
		turn.close();
		page.join();
		assertThat(this.viewers.find(id)).isPresent();
	}

	@Test
	void viewerThatReportsBeforeTheDismissalGetsTheLockStays() throws Exception {
		UUID id = UUID.randomUUID();
		Viewer viewer = this.viewers.look(id, CORNER);
		boolean[] silent = { true };
		WeakLocks.Held turn = this.turns.lock(id);
		Thread dismissal = new Thread(() -> this.viewers.dismiss((each) -> each == viewer && silent[0]));
		dismissal.start();
		Awaitility.await().until(() -> LockSupport.getBlocker(dismissal) == this.turns.get(id));
		silent[0] = false;
		turn.close();
		dismissal.join();
		assertThat(viewer.isPresent()).isTrue();
		assertThat(this.viewers.find(id)).contains(viewer);
	}

	@Test
	void viewersOfOneTileShareItsName() {
		Viewer one = this.viewers.look(UUID.randomUUID(), CORNER);
		Viewer other = this.viewers.look(UUID.randomUUID(), CORNER);
		this.viewers.show(one, new TileId(2, 0, 0));
		this.viewers.show(other, new TileId(2, 0, 0));
		assertThat(one.held().keySet().iterator().next()).isSameAs(other.held().keySet().iterator().next());
	}

}
