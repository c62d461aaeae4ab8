//! The kernel inside a `vmlinuz` file.
//!
//! QEMU starts the unpacked kernel about a second sooner under emulation, since the guest need not unpack it itself.
//! The offsets are those of the x86 boot protocol (`Documentation/arch/x86/boot.rst` in the kernel's sources).

use std::io::{self, Read};

const SETUP_SECTORS: usize = 0x1f1;
const MAGIC: usize = 0x202;
const VERSION_POINTER: usize = 0x20e;
const PAYLOAD_OFFSET: usize = 0x248;
const PAYLOAD_LENGTH: usize = 0x24c;
const SECTOR: usize = 512;

/// Why a file holds no kernel that can be unpacked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BzImageError {
    #[error("it is no bzImage; the package changed its form and this harness has to follow")]
    NotBzImage,
    #[error("it ends before its header says; remove the cache and fetch it again")]
    Truncated,
    #[error(
        "it is packed in a way that is not known here (it starts with {0:02x?}); add the format beside zstd and lz4"
    )]
    UnknownCompression([u8; 4]),
    #[error("it does not unpack; remove the cache and fetch it again")]
    Corrupt(#[from] io::Error),
    #[error(
        "it unpacks to something else than an ELF file of the size that it states; remove the cache and fetch it again"
    )]
    NotAKernel,
}

/// A compressed kernel image, as in a `vmlinuz` file.
pub(crate) struct BzImage<'data> {
    data: &'data [u8],
}

impl<'data> BzImage<'data> {
    /// Takes `data` for a bzImage where it has the mark of one.
    pub(crate) fn parse(data: &'data [u8]) -> Result<Self, BzImageError> {
        match data.get(MAGIC..MAGIC + 4) {
            Some(b"HdrS") => Ok(Self { data }),
            _ => Err(BzImageError::NotBzImage),
        }
    }

    /// What `uname -r` prints under this kernel.
    pub(crate) fn release(&self) -> Result<String, BzImageError> {
        let start = usize::from(u16::from_le_bytes(self.bytes_at(VERSION_POINTER)?)) + SECTOR;
        let text = self.data.get(start..).ok_or(BzImageError::Truncated)?;
        let end = text.iter().position(|byte| matches!(byte, 0 | b' '));
        let release = &text[..end.ok_or(BzImageError::Truncated)?];
        Ok(String::from_utf8_lossy(release).into_owned())
    }

    /// The kernel itself, an ELF file.
    pub(crate) fn unpack(&self) -> Result<Vec<u8>, BzImageError> {
        let (packed, stated_size) = self.payload()?;
        let mut kernel = Vec::with_capacity(stated_size);
        match packed.first_chunk() {
            Some([0x28, 0xb5, 0x2f, 0xfd]) => {
                ruzstd::decoding::StreamingDecoder::new(packed).map_err(io::Error::other)?.read_to_end(&mut kernel)?;
            }
            Some([0x02, 0x21, 0x4c, 0x18]) => {
                lz4_flex::frame::FrameDecoder::new(packed).read_to_end(&mut kernel)?;
            }
            Some(&start) => return Err(BzImageError::UnknownCompression(start)),
            None => return Err(BzImageError::Truncated),
        }
        if kernel.len() == stated_size && kernel.starts_with(b"\x7fELF") {
            Ok(kernel)
        } else {
            Err(BzImageError::NotAKernel)
        }
    }

    /// The packed kernel, and the size that it has unpacked, which the build appends to it.
    fn payload(&self) -> Result<(&'data [u8], usize), BzImageError> {
        let [setup_sectors] = self.bytes_at(SETUP_SECTORS)?;
        // Zero stands for four, for the sake of very old boot loaders.
        let setup_sectors = if setup_sectors == 0 { 4 } else { usize::from(setup_sectors) };
        let offset = (setup_sectors + 1) * SECTOR + self.u32_at(PAYLOAD_OFFSET)?;
        let length = self.u32_at(PAYLOAD_LENGTH)?;
        let payload = self.data.get(offset..offset + length).ok_or(BzImageError::Truncated)?;
        let (packed, size) = payload.split_last_chunk().ok_or(BzImageError::Truncated)?;
        Ok((packed, u32::from_le_bytes(*size) as usize))
    }

    fn u32_at(&self, offset: usize) -> Result<usize, BzImageError> {
        Ok(u32::from_le_bytes(self.bytes_at(offset)?) as usize)
    }

    fn bytes_at<const N: usize>(&self, offset: usize) -> Result<[u8; N], BzImageError> {
        let rest = self.data.get(offset..).ok_or(BzImageError::Truncated)?;
        rest.first_chunk().copied().ok_or(BzImageError::Truncated)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// A bzImage of one setup sector around `packed`, which it says unpacks to `size` bytes.
    fn bzimage(packed: &[u8], size: u32) -> Vec<u8> {
        let mut image = vec![0; 2 * SECTOR];
        image[SETUP_SECTORS] = 1;
        image[MAGIC..MAGIC + 4].copy_from_slice(b"HdrS");
        image[VERSION_POINTER..VERSION_POINTER + 2].copy_from_slice(&0x100_u16.to_le_bytes());
        let version = b"6.1.0-9-cloud-amd64 (someone) #1 SMP\0";
        image[0x300..0x300 + version.len()].copy_from_slice(version);
        let length = packed.len() as u32 + 4;
        image[PAYLOAD_LENGTH..PAYLOAD_LENGTH + 4].copy_from_slice(&length.to_le_bytes());
        image.extend(packed);
        image.extend(size.to_le_bytes());
        image
    }

    const KERNEL: &[u8] = b"\x7fELF and so on, and so on, and so on";

    fn packed_with_zstd() -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(KERNEL, ruzstd::encoding::CompressionLevel::Uncompressed)
    }

    /// As the kernel's build packs it: the legacy frame, which is a magic number and then blocks with their sizes.
    fn packed_with_lz4() -> Vec<u8> {
        let block = lz4_flex::block::compress(KERNEL);
        let mut frame = vec![0x02, 0x21, 0x4c, 0x18];
        frame.extend((block.len() as u32).to_le_bytes());
        frame.write_all(&block).unwrap();
        frame
    }

    #[test]
    fn unpacks_what_zstd_and_lz4_packed() {
        for packed in [packed_with_zstd(), packed_with_lz4()] {
            let image = bzimage(&packed, KERNEL.len() as u32);
            assert_eq!(BzImage::parse(&image).unwrap().unpack().unwrap(), KERNEL);
        }
    }

    #[test]
    fn knows_its_release() {
        let image = bzimage(b"", 0);
        assert_eq!(BzImage::parse(&image).unwrap().release().unwrap(), "6.1.0-9-cloud-amd64");
    }

    #[test]
    fn other_files_are_not_taken_for_kernels() {
        assert!(matches!(BzImage::parse(b"\x7fELF"), Err(BzImageError::NotBzImage)));
        assert!(matches!(BzImage::parse(&[0; 4096]), Err(BzImageError::NotBzImage)));
    }

    #[test]
    fn a_file_cut_short_is_told_apart() {
        let image = bzimage(&packed_with_zstd(), KERNEL.len() as u32);
        let image = BzImage::parse(&image[..image.len() - 1]).unwrap();
        assert!(matches!(image.unpack(), Err(BzImageError::Truncated)));
    }

    #[test]
    fn a_kernel_of_another_size_than_stated_is_refused() {
        let image = bzimage(&packed_with_lz4(), KERNEL.len() as u32 + 1);
        assert!(matches!(BzImage::parse(&image).unwrap().unpack(), Err(BzImageError::NotAKernel)));
    }

    #[test]
    fn an_unknown_compression_is_named_by_its_first_bytes() {
        let image = bzimage(b"\xfd7zXZ and more", 100);
        let message = BzImage::parse(&image).unwrap().unpack().unwrap_err().to_string();
        assert!(message.contains("[fd, 37, 7a, 58]"), "{message}");
    }
}
