// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.internal.symbols;

import dev.cpulocal.internal.Code;
import dev.cpulocal.internal.RseqAbi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** An ELF file that tells a debugger of a block of emitted code. */
final class SymbolFile {

    /*
     * An executable without segments: nothing loads it, and its sections say at which addresses the
     * code already is. What it says of the machine is copied from the program that runs.
     *
     *   .text                    from the entry to the end
     *   .symtab                  the parts of the block
     *   __rseq_cs                the descriptor
     *   __rseq_cs_ptr_array      its address
     *   __rseq_exit_point_array  for each exit the address of the section's start, and of the first
     *                            instruction outside; committing and aborting are no exits
     *   .strtab                  the names of symbols and sections
     *
     * Assembled sequences carry the same three sections for tools, which put breakpoints at the exits
     * because they cannot step through a section. The two arrays are in the file only.
     */

    private static final Path THIS_PROGRAM = Path.of("/proc/self/exe");

    /* The header of the file (System V ABI, chapter 4). */
    private static final int HEADER_BYTES = 64;
    private static final int E_TYPE = 16;
    private static final int E_ENTRY = 24;
    private static final int E_PHOFF = 32;
    private static final int E_SHOFF = 40;
    private static final int E_PHENTSIZE = 54;
    private static final int E_PHNUM = 56;
    private static final int E_SHENTSIZE = 58;
    private static final int E_SHNUM = 60;
    private static final int E_SHSTRNDX = 62;
    private static final short ET_EXEC = 2;

    private static final int SECTION_HEADER_BYTES = 64;
    private static final int SHT_PROGBITS = 1;
    private static final int SHT_SYMTAB = 2;
    private static final int SHT_STRTAB = 3;
    private static final int SHF_ALLOC = 2;
    private static final int SHF_EXECINSTR = 4;

    private static final int SYMBOL_BYTES = 24;
    private static final byte GLOBAL_FUNCTION = 0x12;
    private static final short TEXT = 1;
    private static final int ALIGNMENT = 32;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Section(int name, int type, int flags, long address, byte[] content) {}

    private final List<Section> sections = new ArrayList<>();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();

    private SymbolFile() {
        strings.write(0);
        sections.add(new Section(0, 0, 0, 0, new byte[0]));
    }

    /**
     * {@return the file}
     *
     * @param code the block
     * @param address where it is
     * @param published its bytes there, with the descriptor filled in
     * @param symbols its parts
     * @throws IOException if the running program cannot be read
     */
    static byte[] of(Code code, long address, byte[] published, List<Symbol> symbols)
            throws IOException {
        SymbolFile file = new SymbolFile();
        int entry = code.offset("entry");
        byte[] text = Arrays.copyOfRange(published, entry, published.length);
        file.add(".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, address + entry, text);
        file.add(".symtab", SHT_SYMTAB, 0, 0, file.symbolTable(symbols));
        if (code.isRestartable()) {
            file.addSection(code, address, published);
        }
        file.add(".strtab", SHT_STRTAB, 0, 0, new byte[0]);
        return file.assemble();
    }

    private void addSection(Code code, long address, byte[] published) {
        int offset = code.offset("descriptor");
        byte[] descriptor =
                Arrays.copyOfRange(published, offset, offset + RseqAbi.DESCRIPTOR_BYTES);
        add("__rseq_cs", SHT_PROGBITS, SHF_ALLOC, address + offset, descriptor);
        add("__rseq_cs_ptr_array", SHT_PROGBITS, 0, 0, words(List.of(address + offset)));
        List<Long> exits =
                code.labels().values().stream()
                        .filter(exit -> exit > code.offset("commit"))
                        .filter(exit -> exit != code.offset("abort"))
                        .sorted()
                        .flatMap(exit -> Stream.of(address + code.offset("start"), address + exit))
                        .toList();
        add("__rseq_exit_point_array", SHT_PROGBITS, 0, 0, words(exits));
    }

    private void add(String name, int type, int flags, long address, byte[] content) {
        sections.add(new Section(intern(name), type, flags, address, content));
    }

    private int intern(String name) {
        int offset = strings.size();
        strings.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        strings.write(0);
        return offset;
    }

    private static ByteBuffer over(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    private static byte[] words(List<Long> words) {
        byte[] content = new byte[words.size() * Long.BYTES];
        ByteBuffer buffer = over(content);
        words.forEach(buffer::putLong);
        return content;
    }

    private byte[] symbolTable(List<Symbol> symbols) {
        byte[] content = new byte[(1 + symbols.size()) * SYMBOL_BYTES];
        // The first is none.
        ByteBuffer table = over(content).position(SYMBOL_BYTES);
        for (Symbol symbol : symbols) {
            table.putInt(intern(symbol.name())).put(GLOBAL_FUNCTION).put((byte) 0).putShort(TEXT);
            table.putLong(symbol.address()).putLong(symbol.bytes());
        }
        return content;
    }

    private byte[] assemble() throws IOException {
        byte[] headers = new byte[sections.size() * SECTION_HEADER_BYTES];
        ByteBuffer header = over(headers);
        ByteArrayOutputStream contents = new ByteArrayOutputStream();
        int begin = HEADER_BYTES + headers.length;
        int strtab = sections.size() - 1;
        for (int i = 0; i < sections.size(); i++) {
            Section section = sections.get(i);
            boolean table = section.type == SHT_SYMTAB;
            byte[] content = i == strtab ? strings.toByteArray() : section.content;
            header.putInt(section.name).putInt(section.type).putLong(section.flags);
            header.putLong(section.address).putLong(begin + contents.size());
            header.putLong(content.length).putInt(table ? strtab : 0).putInt(table ? 1 : 0);
            header.putLong(i == 0 ? 0 : ALIGNMENT).putLong(table ? SYMBOL_BYTES : 0);
            contents.writeBytes(content);
            contents.writeBytes(new byte[-content.length & (ALIGNMENT - 1)]);
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(fileHeader(sections.size(), strtab));
        file.writeBytes(headers);
        file.writeBytes(contents.toByteArray());
        return file.toByteArray();
    }

    /** The class, byte order, machine and flags are those of the running program. */
    private static byte[] fileHeader(int sections, int strtab) throws IOException {
        byte[] bytes;
        try (InputStream program = Files.newInputStream(THIS_PROGRAM)) {
            bytes = program.readNBytes(HEADER_BYTES);
        }
        ByteBuffer header = over(bytes);
        header.putShort(E_TYPE, ET_EXEC).putLong(E_ENTRY, 0).putLong(E_PHOFF, 0);
        header.putLong(E_SHOFF, HEADER_BYTES).putShort(E_PHENTSIZE, (short) 0);
        header.putShort(E_PHNUM, (short) 0).putShort(E_SHENTSIZE, (short) SECTION_HEADER_BYTES);
        header.putShort(E_SHNUM, (short) sections).putShort(E_SHSTRNDX, (short) strtab);
        return bytes;
    }
}
