// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev A redemption request in one slot: link 20 bits, shares 76, claimed shares 76, paid wei 84.
type PackedRequest is uint256;

/// @param link Of a controller's latest request its cycle; of an older one the cycle of the next, 0 if it is the last.
/// @param shares All shares of the request.
/// @param claimedShares Part of `shares` that was claimed.
/// @param paidWei ETH that was claimed.
struct Request {
    uint256 link;
    uint256 shares;
    uint256 claimedShares;
    uint256 paidWei;
}

/// @title RequestPacking
/// @dev 2²⁰ cycles last 700 years at four reports a day. 2⁷⁶ shares are 75,557 × 10¹⁸; 84 bits pay for them up to a
/// rate of 256 ETH a share, which the yearly cap of the stream keeps away for longer than half a century.
library RequestPacking {
    uint256 internal constant MAXIMUM_SHARES = 2 ** 76 - 1;
    uint256 private constant MAXIMUM_LINK = 2 ** 20 - 1;
    uint256 private constant MAXIMUM_PAID_WEI = 2 ** 84 - 1;

    error RequestOverflow(uint256 link, uint256 shares, uint256 claimedShares, uint256 paidWei);

    function pack(Request memory r) internal pure returns (PackedRequest) {
        if (
            r.link > MAXIMUM_LINK ||
            r.shares > MAXIMUM_SHARES ||
            r.claimedShares > r.shares ||
            r.paidWei > MAXIMUM_PAID_WEI
        ) {
            revert RequestOverflow(r.link, r.shares, r.claimedShares, r.paidWei);
        }
        return PackedRequest.wrap((r.link << 236) | (r.shares << 160) | (r.claimedShares << 84) | r.paidWei);
    }

    function unpack(PackedRequest packed) internal pure returns (Request memory) {
        uint256 word = PackedRequest.unwrap(packed);
        return
            Request({
                link: word >> 236,
                shares: (word >> 160) & MAXIMUM_SHARES,
                claimedShares: (word >> 84) & MAXIMUM_SHARES,
                paidWei: word & MAXIMUM_PAID_WEI
            });
    }
}
