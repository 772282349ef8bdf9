// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.jackson2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.base.GeneratorBase;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cpulocal.jackson.tests.Serialized;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Parsers and generators of Jackson 2, which take a recycler each until they are closed. */
class StreamingTest {

    private static final String DOCUMENT = "{\"a\":123,\"b\":\"foobar\"}";

    private final CpuRecyclerPool pool = CpuRecyclerPool.create(8, 8);
    private final JsonFactory factory = JsonFactory.builder().recyclerPool(pool).build();

    @Test
    void parserReleasesWhenItIsClosed() throws IOException {
        try (JsonParser parser = factory.createParser(DOCUMENT)) {
            assertEquals(1, pool.statistics().made());
            assertEquals(0, pool.pooledCount());
            assertEquals(JsonToken.START_OBJECT, parser.nextToken());
            assertEquals(JsonToken.FIELD_NAME, parser.nextToken());
            assertEquals("a", parser.currentName());
            assertEquals(JsonToken.VALUE_NUMBER_INT, parser.nextToken());
            assertEquals(123, parser.getIntValue());
            assertEquals(JsonToken.FIELD_NAME, parser.nextToken());
            assertEquals("b", parser.currentName());
            assertEquals(JsonToken.VALUE_STRING, parser.nextToken());
            assertEquals("foobar", parser.getText());
            assertEquals(JsonToken.END_OBJECT, parser.nextToken());
        }
        assertEquals(1, pool.pooledCount());
    }

    @Test
    void parserReleasesAtTheEndOfInput() throws IOException {
        JsonParser parser = factory.createParser("[]");
        assertEquals(JsonToken.START_ARRAY, parser.nextToken());
        assertEquals(JsonToken.END_ARRAY, parser.nextToken());
        assertNull(parser.nextToken());
        assertEquals(1, pool.pooledCount());
        parser.close();
        assertEquals(1, pool.pooledCount());
    }

    @Test
    void parserOfWrongInputReleasesWhenItIsClosed() throws IOException {
        try (JsonParser parser = factory.createParser("]")) {
            assertThrows(IOException.class, parser::nextToken);
        }
        assertEquals(1, pool.pooledCount());
    }

    @Test
    void generatorReleasesWhenItIsClosed() throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = factory.createGenerator(text)) {
            generator.writeStartObject();
            generator.writeNumberField("a", 123);
            generator.writeStringField("b", "foobar");
            generator.writeEndObject();
            assertEquals(1, pool.statistics().made());
            assertEquals(0, pool.pooledCount());
        }
        assertEquals(DOCUMENT, text.toString());
        assertEquals(1, pool.pooledCount());
    }

    @Test
    void usedRecyclerIsTheNextOne() throws IOException {
        CpuRecyclerPool one = CpuRecyclerPool.create(1, 1);
        JsonFactory ofOne = JsonFactory.builder().recyclerPool(one).build();
        BufferRecycler used;
        try (JsonGenerator generator = ofOne.createGenerator(OutputStream.nullOutputStream())) {
            used = ((GeneratorBase) generator).ioContext().bufferRecycler();
            generator.writeString("test");
        }
        BufferRecycler next = one.acquireAndLinkPooled();
        assertSame(used, next);
        next.releaseToPool();
    }

    @Test
    void closingAgainReleasesNothing() throws IOException {
        CpuRecyclerPool one = CpuRecyclerPool.create(1, 1);
        JsonFactory ofOne = JsonFactory.builder().recyclerPool(one).build();
        JsonParser first = ofOne.createParser("[1]");
        first.close();
        first.close();
        assertEquals(1, one.pooledCount());
        try (JsonParser second = ofOne.createParser("[2]")) {
            first.close();
            assertEquals(0, one.pooledCount());
            assertEquals(JsonToken.START_ARRAY, second.nextToken());
        }
        assertEquals(1, one.pooledCount());
    }

    @Test
    void severalParsersAtOnceHaveARecyclerEach() throws IOException {
        List<JsonParser> parsers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            parsers.add(factory.createParser("[" + i + ",\"" + "x".repeat(i) + "\"]"));
        }
        for (JsonParser parser : parsers) {
            assertEquals(JsonToken.START_ARRAY, parser.nextToken());
        }
        for (int i = 0; i < 5; i++) {
            assertEquals(JsonToken.VALUE_NUMBER_INT, parsers.get(i).nextToken());
            assertEquals(i, parsers.get(i).getIntValue());
        }
        for (int i = 0; i < 5; i++) {
            assertEquals(JsonToken.VALUE_STRING, parsers.get(i).nextToken());
            assertEquals("x".repeat(i), parsers.get(i).getText());
        }
        for (JsonParser parser : parsers) {
            parser.close();
        }
        assertEquals(5, pool.statistics().made());
        assertEquals(5, pool.pooledCount());
    }

    @Test
    void documentIsCopiedFromParserToGenerator() throws IOException {
        StringWriter text = new StringWriter();
        try (JsonParser parser = factory.createParser(DOCUMENT);
                JsonGenerator generator = factory.createGenerator(text)) {
            while (parser.nextToken() != null) {
                generator.copyCurrentEvent(parser);
            }
        }
        assertEquals(DOCUMENT, text.toString());
        assertEquals(2, pool.pooledCount());
    }

    @Test
    void factoryKeepsItsPoolWhenItIsSerialized() throws Exception {
        JsonFactory copy = (JsonFactory) Serialized.copy(factory);
        assertPool(copy._getRecyclerPool());
        JsonFactory shared = JsonFactory.builder().recyclerPool(CpuRecyclerPool.shared()).build();
        JsonFactory sharedCopy = (JsonFactory) Serialized.copy(shared);
        assertSame(CpuRecyclerPool.shared(), sharedCopy._getRecyclerPool());
    }

    @Test
    void mapperKeepsItsPoolWhenItIsSerialized() throws Exception {
        JsonMapper copy = (JsonMapper) Serialized.copy(Mapper.mapper(pool));
        assertPool(copy.getFactory()._getRecyclerPool());
        assertEquals("[1]", copy.writeValueAsString(List.of(1)));
        JsonMapper sharedCopy =
                (JsonMapper) Serialized.copy(Mapper.mapper(CpuRecyclerPool.shared()));
        assertSame(CpuRecyclerPool.shared(), sharedCopy.getFactory()._getRecyclerPool());
    }

    /** It is another one, with the same bounds. */
    private void assertPool(Object read) {
        CpuRecyclerPool copy = (CpuRecyclerPool) read;
        assertNotSame(pool, copy);
        assertEquals(8, copy.maxPerCpu());
        assertEquals(8, copy.maxTotal());
    }
}
