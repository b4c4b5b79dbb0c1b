package io.weakref.retention;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A report of what holds the entries of a weak collection. It contains no key, no value
 * and no string of the heap except the names of threads.
 *
 * @param cache the name of the collection
 * @param live how many live entries the collection has
 * @param examined how many of them were examined
 * @param dumpBytes the size of the heap dump
 * @param paths what holds the examined entries, the most frequent path first
 * @since 0.1.0
 */
public record RetentionReport(String cache, int live, int examined, long dumpBytes, List<RetentionPath> paths) {

	public RetentionReport {
		paths = List.copyOf(paths);
	}

	void writeTo(DataOutput output) throws IOException {
		output.writeUTF(this.cache);
		output.writeInt(this.live);
		output.writeInt(this.examined);
		output.writeLong(this.dumpBytes);
		output.writeInt(this.paths.size());
		for (RetentionPath path : this.paths) {
			output.writeInt(path.entries());
			output.writeUTF(path.root().kind());
			output.writeUTF(path.root().description());
			output.writeInt(path.steps().size());
			for (String step : path.steps()) {
				output.writeUTF(step);
			}
			output.writeBoolean(path.note() != null);
			if (path.note() != null) {
				output.writeUTF(path.note());
			}
		}
	}

	static RetentionReport readFrom(DataInput input) throws IOException {
		String cache = input.readUTF();
		int live = input.readInt();
		int examined = input.readInt();
		long dumpBytes = input.readLong();
		int count = input.readInt();
		List<RetentionPath> paths = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			int entries = input.readInt();
			RetentionRoot root = new RetentionRoot(input.readUTF(), input.readUTF());
			int length = input.readInt();
			List<String> steps = new ArrayList<>();
			for (int k = 0; k < length; k++) {
				steps.add(input.readUTF());
			}
			paths.add(new RetentionPath(entries, root, steps, input.readBoolean() ? input.readUTF() : null));
		}
		return new RetentionReport(cache, live, examined, dumpBytes, paths);
	}

}
